package x86

import "golang.org/x/arch/x86/x86asm"

// shape says where an instruction of the SSE family has its operands.
type shape uint8

const (
	inVec     shape = iota // vector, vector or memory (, immediate); MMX too where the operands say so
	inMove                 // memory or register on either side, decided by decodeMove
	inToGpr                // integer register, vector or memory
	inFromGpr              // vector, integer register or memory (, immediate)
	inExtract              // integer register or memory, vector, immediate
	inNone                 // no operand, or memory that only the executor looks at
	inMask                 // vector, vector; memory at [RDI]
	inMoveDQ               // decided by decodeMoveDQ
)

// sseInst is what the mnemonic says of an instruction.
type sseInst struct {
	code  Code
	size  uint8 // bytes of its memory operand (of the XMM form)
	shape shape
	cond  uint8
}

// sseTable has all mnemonics of the family.
//
//nolint:gochecknoglobals // a constant table
var sseTable = [...]sseInst{
	x86asm.MOVAPS: {LoadVecA, 16, inMove, 0}, x86asm.MOVAPD: {LoadVecA, 16, inMove, 0},
	x86asm.MOVDQA: {LoadVecA, 16, inMove, 0}, x86asm.MOVNTDQA: {LoadVecA, 16, inMove, 0},
	x86asm.MOVNTPS: {LoadVecA, 16, inMove, 0}, x86asm.MOVNTPD: {LoadVecA, 16, inMove, 0},
	x86asm.MOVNTDQ: {LoadVecA, 16, inMove, 0},
	x86asm.MOVUPS:  {LoadVecU, 16, inMove, 0}, x86asm.MOVUPD: {LoadVecU, 16, inMove, 0},
	x86asm.MOVDQU: {LoadVecU, 16, inMove, 0}, x86asm.LDDQU: {LoadVecU, 16, inMove, 0},
	x86asm.MOVSD_XMM: {LoadQ, 8, inMove, 0}, x86asm.MOVSS: {LoadD, 4, inMove, 0},
	x86asm.MOVLPS: {LoadLow, 8, inMove, 0}, x86asm.MOVLPD: {LoadLow, 8, inMove, 0},
	x86asm.MOVHPS: {LoadHigh, 8, inMove, 0}, x86asm.MOVHPD: {LoadHigh, 8, inMove, 0},
	x86asm.MOVHLPS: {MovHL, 16, inVec, 0}, x86asm.MOVLHPS: {MovLH, 16, inVec, 0},
	x86asm.MOVQ: {MovQ, 8, inMoveDQ, 0}, x86asm.MOVD: {MovQ, 4, inMoveDQ, 0},
	x86asm.MOVNTQ: {MmxStoreQ, 8, inMoveDQ, 0},
	x86asm.MOVNTI: {StoreGpr, 0, inExtract, 0}, x86asm.MASKMOVDQU: {MaskMovDQU, 16, inMask, 0},
	x86asm.MASKMOVQ: {MaskMovQ, 8, inMask, 0},
	x86asm.MOVQ2DQ:  {MovQ2DQ, 8, inVec, 0}, x86asm.MOVDQ2Q: {MovDQ2Q, 8, inToGpr, 0},
	x86asm.EMMS: {Emms, 0, inNone, 0},

	x86asm.ANDPS: {PAnd, 16, inVec, 0}, x86asm.ANDPD: {PAnd, 16, inVec, 0},
	x86asm.PAND:   {PAnd, 16, inVec, 0},
	x86asm.ANDNPS: {PAndn, 16, inVec, 0}, x86asm.ANDNPD: {PAndn, 16, inVec, 0},
	x86asm.PANDN: {PAndn, 16, inVec, 0},
	x86asm.ORPS:  {POr, 16, inVec, 0}, x86asm.ORPD: {POr, 16, inVec, 0}, x86asm.POR: {POr, 16, inVec, 0},
	x86asm.XORPS: {PXor, 16, inVec, 0}, x86asm.XORPD: {PXor, 16, inVec, 0},
	x86asm.PXOR:  {PXor, 16, inVec, 0},
	x86asm.PADDB: {PAddB, 16, inVec, 0}, x86asm.PADDW: {PAddW, 16, inVec, 0},
	x86asm.PADDD: {PAddD, 16, inVec, 0}, x86asm.PADDQ: {PAddQ, 16, inVec, 0},
	x86asm.PADDSB: {PAddSB, 16, inVec, 0}, x86asm.PADDSW: {PAddSW, 16, inVec, 0},
	x86asm.PADDUSB: {PAddUSB, 16, inVec, 0}, x86asm.PADDUSW: {PAddUSW, 16, inVec, 0},
	x86asm.PSUBB: {PSubB, 16, inVec, 0}, x86asm.PSUBW: {PSubW, 16, inVec, 0},
	x86asm.PSUBD: {PSubD, 16, inVec, 0}, x86asm.PSUBQ: {PSubQ, 16, inVec, 0},
	x86asm.PSUBSB: {PSubSB, 16, inVec, 0}, x86asm.PSUBSW: {PSubSW, 16, inVec, 0},
	x86asm.PSUBUSB: {PSubUSB, 16, inVec, 0}, x86asm.PSUBUSW: {PSubUSW, 16, inVec, 0},
	x86asm.PCMPEQB: {PCmpEqB, 16, inVec, 0}, x86asm.PCMPEQW: {PCmpEqW, 16, inVec, 0},
	x86asm.PCMPEQD: {PCmpEqD, 16, inVec, 0}, x86asm.PCMPEQQ: {PCmpEqQ, 16, inVec, 0},
	x86asm.PCMPGTB: {PCmpGtB, 16, inVec, 0}, x86asm.PCMPGTW: {PCmpGtW, 16, inVec, 0},
	x86asm.PCMPGTD: {PCmpGtD, 16, inVec, 0}, x86asm.PCMPGTQ: {PCmpGtQ, 16, inVec, 0},
	x86asm.PMINUB: {PMinUB, 16, inVec, 0}, x86asm.PMINUW: {PMinUW, 16, inVec, 0},
	x86asm.PMINUD: {PMinUD, 16, inVec, 0}, x86asm.PMINSB: {PMinSB, 16, inVec, 0},
	x86asm.PMINSW: {PMinSW, 16, inVec, 0}, x86asm.PMINSD: {PMinSD, 16, inVec, 0},
	x86asm.PMAXUB: {PMaxUB, 16, inVec, 0}, x86asm.PMAXUW: {PMaxUW, 16, inVec, 0},
	x86asm.PMAXUD: {PMaxUD, 16, inVec, 0}, x86asm.PMAXSB: {PMaxSB, 16, inVec, 0},
	x86asm.PMAXSW: {PMaxSW, 16, inVec, 0}, x86asm.PMAXSD: {PMaxSD, 16, inVec, 0},
	x86asm.PAVGB: {PAvgB, 16, inVec, 0}, x86asm.PAVGW: {PAvgW, 16, inVec, 0},
	x86asm.PMULLW: {PMulLW, 16, inVec, 0}, x86asm.PMULHW: {PMulHW, 16, inVec, 0},
	x86asm.PMULHUW: {PMulHUW, 16, inVec, 0}, x86asm.PMULHRSW: {PMulHRSW, 16, inVec, 0},
	x86asm.PMULLD: {PMulLD, 16, inVec, 0}, x86asm.PMULUDQ: {PMulUDQ, 16, inVec, 0},
	x86asm.PMULDQ: {PMulDQ, 16, inVec, 0}, x86asm.PMADDWD: {PMAddWD, 16, inVec, 0},
	x86asm.PMADDUBSW: {PMAddUBSW, 16, inVec, 0}, x86asm.PSADBW: {PSadBW, 16, inVec, 0},
	x86asm.PABSB: {PAbsB, 16, inVec, 0}, x86asm.PABSW: {PAbsW, 16, inVec, 0},
	x86asm.PABSD:  {PAbsD, 16, inVec, 0},
	x86asm.PSIGNB: {PSignB, 16, inVec, 0}, x86asm.PSIGNW: {PSignW, 16, inVec, 0},
	x86asm.PSIGND: {PSignD, 16, inVec, 0}, x86asm.MOVSHDUP: {MovSHDup, 16, inVec, 0},
	x86asm.MOVSLDUP: {MovSLDup, 16, inVec, 0},

	x86asm.PSLLW: {PSllW, 16, inVec, 0}, x86asm.PSLLD: {PSllD, 16, inVec, 0},
	x86asm.PSLLQ: {PSllQ, 16, inVec, 0},
	x86asm.PSRLW: {PSrlW, 16, inVec, 0}, x86asm.PSRLD: {PSrlD, 16, inVec, 0},
	x86asm.PSRLQ: {PSrlQ, 16, inVec, 0},
	x86asm.PSRAW: {PSraW, 16, inVec, 0}, x86asm.PSRAD: {PSraD, 16, inVec, 0},

	x86asm.PACKSSWB: {PackSSWB, 16, inVec, 0}, x86asm.PACKSSDW: {PackSSDW, 16, inVec, 0},
	x86asm.PACKUSWB: {PackUSWB, 16, inVec, 0}, x86asm.PACKUSDW: {PackUSDW, 16, inVec, 0},
	x86asm.PUNPCKLBW: {PUnpckLBW, 16, inVec, 0}, x86asm.PUNPCKLWD: {PUnpckLWD, 16, inVec, 0},
	x86asm.PUNPCKLDQ: {PUnpckLDQ, 16, inVec, 0}, x86asm.PUNPCKLQDQ: {PUnpckLQDQ, 16, inVec, 0},
	x86asm.PUNPCKHBW: {PUnpckHBW, 16, inVec, 0}, x86asm.PUNPCKHWD: {PUnpckHWD, 16, inVec, 0},
	x86asm.PUNPCKHDQ: {PUnpckHDQ, 16, inVec, 0}, x86asm.PUNPCKHQDQ: {PUnpckHQDQ, 16, inVec, 0},
	x86asm.UNPCKLPS: {PUnpckLDQ, 16, inVec, 0}, x86asm.UNPCKHPS: {PUnpckHDQ, 16, inVec, 0},
	x86asm.UNPCKLPD: {PUnpckLQDQ, 16, inVec, 0}, x86asm.UNPCKHPD: {PUnpckHQDQ, 16, inVec, 0},
	x86asm.PSHUFB: {PShufB, 16, inVec, 0}, x86asm.PSHUFW: {PShufW, 8, inVec, 0},
	x86asm.PSHUFD: {PShufD, 16, inVec, 0}, x86asm.PSHUFHW: {PShufHW, 16, inVec, 0},
	x86asm.PSHUFLW: {PShufLW, 16, inVec, 0}, x86asm.SHUFPS: {ShufPS, 16, inVec, 0},
	x86asm.SHUFPD: {ShufPD, 16, inVec, 0}, x86asm.PALIGNR: {PAlignR, 16, inVec, 0},
	x86asm.PHADDW: {PHAddW, 16, inVec, 0}, x86asm.PHADDD: {PHAddD, 16, inVec, 0},
	x86asm.PHADDSW: {PHAddSW, 16, inVec, 0}, x86asm.PHSUBW: {PHSubW, 16, inVec, 0},
	x86asm.PHSUBD: {PHSubD, 16, inVec, 0}, x86asm.PHSUBSW: {PHSubSW, 16, inVec, 0},
	x86asm.PMOVSXBW: {PMovSXBW, 8, inVec, 0}, x86asm.PMOVSXBD: {PMovSXBD, 4, inVec, 0},
	x86asm.PMOVSXBQ: {PMovSXBQ, 2, inVec, 0}, x86asm.PMOVSXWD: {PMovSXWD, 8, inVec, 0},
	x86asm.PMOVSXWQ: {PMovSXWQ, 4, inVec, 0}, x86asm.PMOVSXDQ: {PMovSXDQ, 8, inVec, 0},
	x86asm.PMOVZXBW: {PMovZXBW, 8, inVec, 0}, x86asm.PMOVZXBD: {PMovZXBD, 4, inVec, 0},
	x86asm.PMOVZXBQ: {PMovZXBQ, 2, inVec, 0}, x86asm.PMOVZXWD: {PMovZXWD, 8, inVec, 0},
	x86asm.PMOVZXWQ: {PMovZXWQ, 4, inVec, 0}, x86asm.PMOVZXDQ: {PMovZXDQ, 8, inVec, 0},
	x86asm.BLENDPS: {BlendPS, 16, inVec, 0}, x86asm.BLENDPD: {BlendPD, 16, inVec, 0},
	x86asm.PBLENDW: {PBlendW, 16, inVec, 0}, x86asm.INSERTPS: {InsertPS, 4, inVec, 0},
	x86asm.MPSADBW: {MPSadBW, 16, inVec, 0}, x86asm.PHMINPOSUW: {PHMinPosUW, 16, inVec, 0},
	x86asm.PSLLDQ: {PSllDQ, 16, inVec, 0}, x86asm.PSRLDQ: {PSrlDQ, 16, inVec, 0},
	x86asm.MOVDDUP: {MovDDup, 8, inVec, 0}, x86asm.PBLENDVB: {PBlendVB, 16, inVec, 0},
	x86asm.BLENDVPS: {BlendVPS, 16, inVec, 0}, x86asm.BLENDVPD: {BlendVPD, 16, inVec, 0},

	x86asm.ADDSD: {AddSD, 8, inVec, 0}, x86asm.ADDSS: {AddSS, 4, inVec, 0},
	x86asm.ADDPD: {AddPD, 16, inVec, 0}, x86asm.ADDPS: {AddPS, 16, inVec, 0},
	x86asm.MULSD: {MulSD, 8, inVec, 0}, x86asm.MULSS: {MulSS, 4, inVec, 0},
	x86asm.MULPD: {MulPD, 16, inVec, 0}, x86asm.MULPS: {MulPS, 16, inVec, 0},
	x86asm.SUBSD: {SubSD, 8, inVec, 0}, x86asm.SUBSS: {SubSS, 4, inVec, 0},
	x86asm.SUBPD: {SubPD, 16, inVec, 0}, x86asm.SUBPS: {SubPS, 16, inVec, 0},
	x86asm.MINSD: {MinSD, 8, inVec, 0}, x86asm.MINSS: {MinSS, 4, inVec, 0},
	x86asm.MINPD: {MinPD, 16, inVec, 0}, x86asm.MINPS: {MinPS, 16, inVec, 0},
	x86asm.DIVSD: {DivSD, 8, inVec, 0}, x86asm.DIVSS: {DivSS, 4, inVec, 0},
	x86asm.DIVPD: {DivPD, 16, inVec, 0}, x86asm.DIVPS: {DivPS, 16, inVec, 0},
	x86asm.MAXSD: {MaxSD, 8, inVec, 0}, x86asm.MAXSS: {MaxSS, 4, inVec, 0},
	x86asm.MAXPD: {MaxPD, 16, inVec, 0}, x86asm.MAXPS: {MaxPS, 16, inVec, 0},
	x86asm.SQRTSD: {SqrtSD, 8, inVec, 0}, x86asm.SQRTSS: {SqrtSS, 4, inVec, 0},
	x86asm.SQRTPD: {SqrtPD, 16, inVec, 0}, x86asm.SQRTPS: {SqrtPS, 16, inVec, 0},
	x86asm.RCPSS: {RcpSS, 4, inVec, 0}, x86asm.RCPPS: {RcpPS, 16, inVec, 0},
	x86asm.RSQRTSS: {RSqrtSS, 4, inVec, 0}, x86asm.RSQRTPS: {RSqrtPS, 16, inVec, 0},
	x86asm.CMPSD_XMM: {CmpSD, 8, inVec, 0}, x86asm.CMPSS: {CmpSS, 4, inVec, 0},
	x86asm.CMPPD: {CmpPD, 16, inVec, 0}, x86asm.CMPPS: {CmpPS, 16, inVec, 0},
	x86asm.COMISD: {ComISD, 8, inVec, 0}, x86asm.COMISS: {ComISS, 4, inVec, 0},
	x86asm.UCOMISD: {ComISD, 8, inVec, 1}, x86asm.UCOMISS: {ComISS, 4, inVec, 1},
	x86asm.HADDPD: {HAddPD, 16, inVec, 0}, x86asm.HADDPS: {HAddPS, 16, inVec, 0},
	x86asm.HSUBPD: {HSubPD, 16, inVec, 0}, x86asm.HSUBPS: {HSubPS, 16, inVec, 0},
	x86asm.ADDSUBPD: {AddSubPD, 16, inVec, 0}, x86asm.ADDSUBPS: {AddSubPS, 16, inVec, 0},
	x86asm.DPPD: {DpPD, 16, inVec, 0}, x86asm.DPPS: {DpPS, 16, inVec, 0},
	x86asm.ROUNDSD: {RoundSD, 8, inVec, 0}, x86asm.ROUNDSS: {RoundSS, 4, inVec, 0},
	x86asm.ROUNDPD: {RoundPD, 16, inVec, 0}, x86asm.ROUNDPS: {RoundPS, 16, inVec, 0},

	x86asm.CVTSI2SD: {CvtSI2SD, 0, inFromGpr, 0}, x86asm.CVTSI2SS: {CvtSI2SS, 0, inFromGpr, 0},
	x86asm.CVTSD2SI: {CvtSD2SI, 8, inToGpr, 0}, x86asm.CVTSS2SI: {CvtSS2SI, 4, inToGpr, 0},
	x86asm.CVTTSD2SI: {CvtSD2SI, 8, inToGpr, CvtTruncate},
	x86asm.CVTTSS2SI: {CvtSS2SI, 4, inToGpr, CvtTruncate},
	x86asm.CVTSD2SS:  {CvtSD2SS, 8, inVec, 0}, x86asm.CVTSS2SD: {CvtSS2SD, 4, inVec, 0},
	x86asm.CVTPD2PS: {CvtPD2PS, 16, inVec, 0}, x86asm.CVTPS2PD: {CvtPS2PD, 8, inVec, 0},
	x86asm.CVTDQ2PD: {CvtDQ2PD, 8, inVec, 0}, x86asm.CVTDQ2PS: {CvtDQ2PS, 16, inVec, 0},
	x86asm.CVTPD2DQ: {CvtPD2DQ, 16, inVec, 0}, x86asm.CVTTPD2DQ: {CvtTPD2DQ, 16, inVec, 0},
	x86asm.CVTPS2DQ: {CvtPS2DQ, 16, inVec, 0}, x86asm.CVTTPS2DQ: {CvtTPS2DQ, 16, inVec, 0},
	x86asm.CVTPI2PD: {CvtPI2PD, 8, inVec, 0}, x86asm.CVTPI2PS: {CvtPI2PS, 8, inVec, 0},
	x86asm.CVTPD2PI: {CvtPD2PI, 16, inToGpr, 0}, x86asm.CVTTPD2PI: {CvtTPD2PI, 16, inToGpr, 0},
	x86asm.CVTPS2PI: {CvtPS2PI, 8, inToGpr, 0}, x86asm.CVTTPS2PI: {CvtTPS2PI, 8, inToGpr, 0},

	x86asm.PMOVMSKB: {PMovMskB, 16, inToGpr, 0}, x86asm.MOVMSKPS: {MovMskPS, 16, inToGpr, 0},
	x86asm.MOVMSKPD: {MovMskPD, 16, inToGpr, 0},
	x86asm.PEXTRB:   {PExtrB, 1, inExtract, 0}, x86asm.PEXTRW: {PExtrW, 2, inExtract, 0},
	x86asm.PEXTRD: {PExtrD, 4, inExtract, 0}, x86asm.PEXTRQ: {PExtrQ, 8, inExtract, 0},
	x86asm.EXTRACTPS: {PExtrD, 4, inExtract, 0},
	x86asm.PINSRB:    {PInsrB, 1, inFromGpr, 0}, x86asm.PINSRW: {PInsrW, 2, inFromGpr, 0},
	x86asm.PINSRD: {PInsrD, 4, inFromGpr, 0}, x86asm.PINSRQ: {PInsrQ, 8, inFromGpr, 0},
	x86asm.PTEST: {PTest, 16, inVec, 0}, x86asm.PCMPESTRI: {PCmpEStrI, 16, inVec, 0},
	x86asm.PCMPESTRM: {PCmpEStrM, 16, inVec, 0}, x86asm.PCMPISTRI: {PCmpIStrI, 16, inVec, 0},
	x86asm.PCMPISTRM: {PCmpIStrM, 16, inVec, 0},

	x86asm.CLFLUSH: {CLFlush, 1, inNone, 0}, x86asm.LDMXCSR: {LdMXCSR, 4, inNone, 0},
	x86asm.STMXCSR: {StMXCSR, 4, inNone, 0}, x86asm.FXSAVE: {FXSave, 16, inNone, 0},
	x86asm.FXSAVE64: {FXSave, 16, inNone, 1}, x86asm.FXRSTOR: {FXRstor, 16, inNone, 0},
	x86asm.FXRSTOR64: {FXRstor, 16, inNone, 1},
}
