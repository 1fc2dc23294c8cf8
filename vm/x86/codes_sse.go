package x86

// The SSE and MMX family's codes. Instructions that do the same to the same bits share a code: PAND, ANDPS
// and ANDPD are PAnd, UNPCKLPS is PUnpckLDQ. The groups are contiguous, so that the executor picks a group
// by comparison and indexes a table within it; the constants in groups of their own below say where each
// begins and ends.
const (
	// Moves. "Vec" is 16 bytes, Q the low 8, D the low 4.
	MovVec     Code = iota + firstSSE // register to register
	LoadVecA                          // aligned
	LoadVecU                          // any address
	StoreVecA                         // aligned
	StoreVecU                         // any address
	LoadQ                             // the rest becomes 0
	LoadD                             // the rest becomes 0
	StoreQ                            // the low half
	StoreD                            // the low 4 bytes
	StoreHigh                         // the high half
	LoadLow                           // into the low half, the rest stays
	LoadHigh                          // into the high half, the rest stays
	MovLowQ                           // register to register, the rest stays
	MovLowD                           // register to register, the rest stays
	MovQ                              // register to register, the rest becomes 0
	MovHL                             // MOVHLPS
	MovLH                             // MOVLHPS
	GprToVec                          // MOVD, MOVQ: Size bytes of an integer register
	VecToGpr                          // MOVD, MOVQ: Size bytes into an integer register
	StoreGpr                          // MOVNTI
	MaskMovDQU                        // bytes of Dst selected by Src to [RDI]

	// Lane operations: each 64-bit lane of the result depends on the same lanes of the operands alone. They
	// exist for MMX too (see MMXShift).
	PAnd
	PAndn
	POr
	PXor
	PAddB
	PAddW
	PAddD
	PAddQ
	PAddSB
	PAddSW
	PAddUSB
	PAddUSW
	PSubB
	PSubW
	PSubD
	PSubQ
	PSubSB
	PSubSW
	PSubUSB
	PSubUSW
	PCmpEqB
	PCmpEqW
	PCmpEqD
	PCmpEqQ
	PCmpGtB
	PCmpGtW
	PCmpGtD
	PCmpGtQ
	PMinUB
	PMinUW
	PMinUD
	PMinSB
	PMinSW
	PMinSD
	PMaxUB
	PMaxUW
	PMaxUD
	PMaxSB
	PMaxSW
	PMaxSD
	PAvgB
	PAvgW
	PMulLW
	PMulHW
	PMulHUW
	PMulHRSW
	PMulLD
	PMulUDQ
	PMulDQ
	PMAddWD
	PMAddUBSW
	PSadBW
	PAbsB
	PAbsW
	PAbsD
	PSignB
	PSignW
	PSignD
	MovSHDup
	MovSLDup

	// Shifts of each lane by one count: the low 64 bits of the source, or Imm.
	PSllW
	PSllD
	PSllQ
	PSrlW
	PSrlD
	PSrlQ
	PSraW
	PSraD

	// Operations on whole registers.
	PackSSWB
	PackSSDW
	PackUSWB
	PackUSDW
	PUnpckLBW
	PUnpckLWD
	PUnpckLDQ
	PUnpckLQDQ
	PUnpckHBW
	PUnpckHWD
	PUnpckHDQ
	PUnpckHQDQ
	PShufB
	PShufW // MMX only
	PShufD
	PShufHW
	PShufLW
	ShufPS
	ShufPD
	PAlignR
	PHAddW
	PHAddD
	PHAddSW
	PHSubW
	PHSubD
	PHSubSW
	PMovSXBW
	PMovSXBD
	PMovSXBQ
	PMovSXWD
	PMovSXWQ
	PMovSXDQ
	PMovZXBW
	PMovZXBD
	PMovZXBQ
	PMovZXWD
	PMovZXWQ
	PMovZXDQ
	BlendPS
	BlendPD
	PBlendW
	InsertPS
	MPSadBW
	PHMinPosUW
	PSllDQ
	PSrlDQ
	MovDDup
	PBlendVB // mask in XMM0
	BlendVPS // mask in XMM0
	BlendVPD // mask in XMM0

	// Floating-point arithmetic, in the order of cpu's arithmetic kinds.
	AddSD
	MulSD
	SubSD
	MinSD
	DivSD
	MaxSD
	SqrtSD
	AddSS
	MulSS
	SubSS
	MinSS
	DivSS
	MaxSS
	SqrtSS
	AddPD
	MulPD
	SubPD
	MinPD
	DivPD
	MaxPD
	SqrtPD
	AddPS
	MulPS
	SubPS
	MinPS
	DivPS
	MaxPS
	SqrtPS
	RcpSS
	RcpPS
	RSqrtSS
	RSqrtPS
	CmpSD // predicate in Imm
	CmpSS
	CmpPD
	CmpPS
	ComISD // Cond 1: UCOMISD
	ComISS // Cond 1: UCOMISS
	HAddPD
	HAddPS
	HSubPD
	HSubPS
	AddSubPD
	AddSubPS
	DpPD
	DpPS
	RoundSD // rounding in Imm
	RoundSS
	RoundPD
	RoundPS

	// Conversions. Those to an integer register have its width in Cond, bit 7 of which says "truncate".
	CvtSI2SD // Size: the integer's
	CvtSI2SS
	CvtSD2SI
	CvtSS2SI
	CvtSD2SS
	CvtSS2SD
	CvtPD2PS
	CvtPS2PD
	CvtDQ2PD
	CvtDQ2PS
	CvtPD2DQ
	CvtTPD2DQ
	CvtPS2DQ
	CvtTPS2DQ
	CvtPI2PD // MMX to XMM
	CvtPI2PS
	CvtPD2PI // XMM to MMX
	CvtTPD2PI
	CvtPS2PI
	CvtTPS2PI

	// Between vector registers and integer registers or flags.
	PMovMskB
	MovMskPS
	MovMskPD
	PExtrB
	PExtrW
	PExtrD // EXTRACTPS too
	PExtrQ
	PInsrB
	PInsrW
	PInsrD
	PInsrQ
	PTest
	PCmpEStrI
	PCmpEStrM
	PCmpIStrI
	PCmpIStrM

	// State.
	CLFlush
	LdMXCSR
	StMXCSR
	FXSave  // Cond 1: FXSAVE64
	FXRstor // Cond 1: FXRSTOR64

	// MMX only.
	MmxLoadQ  // MOVQ mm, mm/m64
	MmxLoadD  // MOVD mm, m32
	MmxStoreQ // MOVQ m64, mm; MOVNTQ
	MmxStoreD // MOVD m32, mm
	GprToMmx
	MmxToGpr
	MovQ2DQ
	MovDQ2Q
	MmxPMovMskB
	MmxPExtrW
	MmxPInsrW
	MaskMovQ
	Emms

	sseEnd
)

// The groups: each holds the codes from First up to, but not including, End.
const (
	SSEMoveFirst    = MovVec
	SSEMoveEnd      = PAnd
	SSELaneFirst    = PAnd
	SSELaneEnd      = PSllW
	SSEShiftFirst   = PSllW
	SSEShiftEnd     = PackSSWB
	SSEWholeFirst   = PackSSWB
	SSEWholeEnd     = AddSD
	SSEFloatFirst   = AddSD
	SSEFloatEnd     = CvtSI2SD
	SSEConvertFirst = CvtSI2SD
	SSEConvertEnd   = PMovMskB
	SSEGprFirst     = PMovMskB
	SSEGprEnd       = CLFlush
	SSEStateFirst   = CLFlush
	SSEStateEnd     = MmxLoadQ
	MMXFirst        = MmxLoadQ
	MMXEnd          = sseEnd
)

// MMXShift is added to the code of a lane, shift or whole-register operation when its registers are MMX
// registers.
const MMXShift = 0x200

// CvtTruncate marks, in the Cond of a conversion to an integer register, that it truncates.
const CvtTruncate = 0x80
