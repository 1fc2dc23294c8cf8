	addsd xmm1, xmm2
	addsd xmm1, [rsi]
	addss xmm1, xmm2
	addss xmm1, [rsi]
	addpd xmm1, xmm2
	addpd xmm1, [rsi]
	addps xmm1, xmm2
	addps xmm1, [rsi]
	mulsd xmm1, xmm2
	mulsd xmm1, [rsi]
	mulss xmm1, xmm2
	mulss xmm1, [rsi]
	mulpd xmm1, xmm2
	mulpd xmm1, [rsi]
	mulps xmm1, xmm2
	mulps xmm1, [rsi]
	subsd xmm1, xmm2
	subsd xmm1, [rsi]
	subss xmm1, xmm2
	subss xmm1, [rsi]
	subpd xmm1, xmm2
	subpd xmm1, [rsi]
	subps xmm1, xmm2
	subps xmm1, [rsi]
	minsd xmm1, xmm2
	minsd xmm1, [rsi]
	minss xmm1, xmm2
	minss xmm1, [rsi]
	minpd xmm1, xmm2
	minpd xmm1, [rsi]
	minps xmm1, xmm2
	minps xmm1, [rsi]
	divsd xmm1, xmm2
	divsd xmm1, [rsi]
	divss xmm1, xmm2
	divss xmm1, [rsi]
	divpd xmm1, xmm2
	divpd xmm1, [rsi]
	divps xmm1, xmm2
	divps xmm1, [rsi]
	maxsd xmm1, xmm2
	maxsd xmm1, [rsi]
	maxss xmm1, xmm2
	maxss xmm1, [rsi]
	maxpd xmm1, xmm2
	maxpd xmm1, [rsi]
	maxps xmm1, xmm2
	maxps xmm1, [rsi]
	sqrtsd xmm1, xmm2
	sqrtsd xmm1, [rsi]
	sqrtss xmm1, xmm2
	sqrtss xmm1, [rsi]
	sqrtpd xmm1, xmm2
	sqrtpd xmm1, [rsi]
	sqrtps xmm1, xmm2
	sqrtps xmm1, [rsi]
	addsubpd xmm1, xmm2
	addsubpd xmm1, [rsi]
	addsubps xmm1, xmm2
	addsubps xmm1, [rsi]
	haddpd xmm1, xmm2
	haddpd xmm1, [rsi]
	haddps xmm1, xmm2
	haddps xmm1, [rsi]
	hsubpd xmm1, xmm2
	hsubpd xmm1, [rsi]
	hsubps xmm1, xmm2
	hsubps xmm1, [rsi]
	cmpsd xmm1, xmm2, 0
	cmpsd xmm1, xmm2, 1
	cmpsd xmm1, xmm2, 2
	cmpsd xmm1, xmm2, 3
	cmpsd xmm1, xmm2, 4
	cmpsd xmm1, xmm2, 5
	cmpsd xmm1, xmm2, 6
	cmpsd xmm1, xmm2, 7
	cmpsd xmm1, [rsi], 0
	cmpsd xmm1, [rsi], 1
	cmpsd xmm1, [rsi], 2
	cmpsd xmm1, [rsi], 3
	cmpsd xmm1, [rsi], 4
	cmpsd xmm1, [rsi], 5
	cmpsd xmm1, [rsi], 6
	cmpsd xmm1, [rsi], 7
	cmpss xmm1, xmm2, 0
	cmpss xmm1, xmm2, 1
	cmpss xmm1, xmm2, 2
	cmpss xmm1, xmm2, 3
	cmpss xmm1, xmm2, 4
	cmpss xmm1, xmm2, 5
	cmpss xmm1, xmm2, 6
	cmpss xmm1, xmm2, 7
	cmpss xmm1, [rsi], 0
	cmpss xmm1, [rsi], 1
	cmpss xmm1, [rsi], 2
	cmpss xmm1, [rsi], 3
	cmpss xmm1, [rsi], 4
	cmpss xmm1, [rsi], 5
	cmpss xmm1, [rsi], 6
	cmpss xmm1, [rsi], 7
	cmppd xmm1, xmm2, 0
	cmppd xmm1, xmm2, 1
	cmppd xmm1, xmm2, 2
	cmppd xmm1, xmm2, 3
	cmppd xmm1, xmm2, 4
	cmppd xmm1, xmm2, 5
	cmppd xmm1, xmm2, 6
	cmppd xmm1, xmm2, 7
	cmppd xmm1, [rsi], 0
	cmppd xmm1, [rsi], 1
	cmppd xmm1, [rsi], 2
	cmppd xmm1, [rsi], 3
	cmppd xmm1, [rsi], 4
	cmppd xmm1, [rsi], 5
	cmppd xmm1, [rsi], 6
	cmppd xmm1, [rsi], 7
	cmpps xmm1, xmm2, 0
	cmpps xmm1, xmm2, 1
	cmpps xmm1, xmm2, 2
	cmpps xmm1, xmm2, 3
	cmpps xmm1, xmm2, 4
	cmpps xmm1, xmm2, 5
	cmpps xmm1, xmm2, 6
	cmpps xmm1, xmm2, 7
	cmpps xmm1, [rsi], 0
	cmpps xmm1, [rsi], 1
	cmpps xmm1, [rsi], 2
	cmpps xmm1, [rsi], 3
	cmpps xmm1, [rsi], 4
	cmpps xmm1, [rsi], 5
	cmpps xmm1, [rsi], 6
	cmpps xmm1, [rsi], 7
	cmpsd xmm1, xmm2, 26
	cmpsd xmm1, [rsi], 26
	comisd xmm1, xmm2
	comisd xmm1, [rsi]
	comiss xmm1, xmm2
	comiss xmm1, [rsi]
	ucomisd xmm1, xmm2
	ucomisd xmm1, [rsi]
	ucomiss xmm1, xmm2
	ucomiss xmm1, [rsi]
	roundsd xmm1, xmm2, 0
	roundsd xmm1, xmm2, 1
	roundsd xmm1, xmm2, 2
	roundsd xmm1, xmm2, 3
	roundsd xmm1, xmm2, 4
	roundsd xmm1, xmm2, 8
	roundsd xmm1, xmm2, 11
	roundsd xmm1, xmm2, 12
	roundsd xmm1, [rsi], 0
	roundsd xmm1, [rsi], 1
	roundsd xmm1, [rsi], 2
	roundsd xmm1, [rsi], 3
	roundsd xmm1, [rsi], 4
	roundsd xmm1, [rsi], 8
	roundsd xmm1, [rsi], 11
	roundsd xmm1, [rsi], 12
	roundss xmm1, xmm2, 0
	roundss xmm1, xmm2, 1
	roundss xmm1, xmm2, 2
	roundss xmm1, xmm2, 3
	roundss xmm1, xmm2, 4
	roundss xmm1, xmm2, 8
	roundss xmm1, xmm2, 11
	roundss xmm1, xmm2, 12
	roundss xmm1, [rsi], 0
	roundss xmm1, [rsi], 1
	roundss xmm1, [rsi], 2
	roundss xmm1, [rsi], 3
	roundss xmm1, [rsi], 4
	roundss xmm1, [rsi], 8
	roundss xmm1, [rsi], 11
	roundss xmm1, [rsi], 12
	roundpd xmm1, xmm2, 0
	roundpd xmm1, xmm2, 1
	roundpd xmm1, xmm2, 2
	roundpd xmm1, xmm2, 3
	roundpd xmm1, xmm2, 4
	roundpd xmm1, xmm2, 8
	roundpd xmm1, xmm2, 11
	roundpd xmm1, xmm2, 12
	roundpd xmm1, [rsi], 0
	roundpd xmm1, [rsi], 1
	roundpd xmm1, [rsi], 2
	roundpd xmm1, [rsi], 3
	roundpd xmm1, [rsi], 4
	roundpd xmm1, [rsi], 8
	roundpd xmm1, [rsi], 11
	roundpd xmm1, [rsi], 12
	roundps xmm1, xmm2, 0
	roundps xmm1, xmm2, 1
	roundps xmm1, xmm2, 2
	roundps xmm1, xmm2, 3
	roundps xmm1, xmm2, 4
	roundps xmm1, xmm2, 8
	roundps xmm1, xmm2, 11
	roundps xmm1, xmm2, 12
	roundps xmm1, [rsi], 0
	roundps xmm1, [rsi], 1
	roundps xmm1, [rsi], 2
	roundps xmm1, [rsi], 3
	roundps xmm1, [rsi], 4
	roundps xmm1, [rsi], 8
	roundps xmm1, [rsi], 11
	roundps xmm1, [rsi], 12
	dpps xmm1, xmm2, 255
	dpps xmm1, xmm2, 113
	dpps xmm1, xmm2, 60
	dpps xmm1, xmm2, 165
	dpps xmm1, xmm2, 15
	dpps xmm1, [rsi], 255
	dpps xmm1, [rsi], 113
	dpps xmm1, [rsi], 60
	dpps xmm1, [rsi], 165
	dpps xmm1, [rsi], 15
	dppd xmm1, xmm2, 51
	dppd xmm1, xmm2, 17
	dppd xmm1, xmm2, 34
	dppd xmm1, xmm2, 49
	dppd xmm1, xmm2, 3
	dppd xmm1, [rsi], 51
	dppd xmm1, [rsi], 17
	dppd xmm1, [rsi], 34
	dppd xmm1, [rsi], 49
	dppd xmm1, [rsi], 3
	cvtsd2ss xmm1, xmm2
	cvtsd2ss xmm1, [rsi]
	cvtss2sd xmm1, xmm2
	cvtss2sd xmm1, [rsi]
	cvtpd2ps xmm1, xmm2
	cvtpd2ps xmm1, [rsi]
	cvtps2pd xmm1, xmm2
	cvtps2pd xmm1, [rsi]
	cvtdq2pd xmm1, xmm2
	cvtdq2pd xmm1, [rsi]
	cvtdq2ps xmm1, xmm2
	cvtdq2ps xmm1, [rsi]
	cvtpd2dq xmm1, xmm2
	cvtpd2dq xmm1, [rsi]
	cvttpd2dq xmm1, xmm2
	cvttpd2dq xmm1, [rsi]
	cvtps2dq xmm1, xmm2
	cvtps2dq xmm1, [rsi]
	cvttps2dq xmm1, xmm2
	cvttps2dq xmm1, [rsi]
	cvtsd2si ecx, xmm2
	cvtsd2si ecx, [rsi]
	cvtsd2si rcx, xmm2
	cvtsd2si rcx, [rsi]
	cvttsd2si ecx, xmm2
	cvttsd2si ecx, [rsi]
	cvttsd2si rcx, xmm2
	cvttsd2si rcx, [rsi]
	cvtss2si ecx, xmm2
	cvtss2si ecx, [rsi]
	cvtss2si rcx, xmm2
	cvtss2si rcx, [rsi]
	cvttss2si ecx, xmm2
	cvttss2si ecx, [rsi]
	cvttss2si rcx, xmm2
	cvttss2si rcx, [rsi]
	cvtsi2sd xmm1, edx
	cvtsi2sd xmm1, dword ptr [rsi]
	cvtsi2sd xmm1, rdx
	cvtsi2sd xmm1, qword ptr [rsi]
	cvtsi2ss xmm1, edx
	cvtsi2ss xmm1, dword ptr [rsi]
	cvtsi2ss xmm1, rdx
	cvtsi2ss xmm1, qword ptr [rsi]
	cvtpi2pd xmm1, mm2
	cvtpi2pd xmm1, [rsi]
	cvtpi2ps xmm1, mm2
	cvtpi2ps xmm1, [rsi]
	cvtpd2pi mm1, xmm2
	cvtpd2pi mm1, [rsi]
	cvttpd2pi mm1, xmm2
	cvttpd2pi mm1, [rsi]
	cvtps2pi mm1, xmm2
	cvtps2pi mm1, [rsi]
	cvttps2pi mm1, xmm2
	cvttps2pi mm1, [rsi]
	andps xmm1, xmm2
	andps xmm1, [rsi]
	andpd xmm1, xmm2
	andpd xmm1, [rsi]
	andnps xmm1, xmm2
	andnps xmm1, [rsi]
	andnpd xmm1, xmm2
	andnpd xmm1, [rsi]
	orps xmm1, xmm2
	orps xmm1, [rsi]
	orpd xmm1, xmm2
	orpd xmm1, [rsi]
	xorps xmm1, xmm2
	xorps xmm1, [rsi]
	xorpd xmm1, xmm2
	xorpd xmm1, [rsi]
	pand xmm1, xmm2
	pand xmm1, [rsi]
	pand mm1, mm2
	pand mm1, [rsi]
	pandn xmm1, xmm2
	pandn xmm1, [rsi]
	pandn mm1, mm2
	pandn mm1, [rsi]
	por xmm1, xmm2
	por xmm1, [rsi]
	por mm1, mm2
	por mm1, [rsi]
	pxor xmm1, xmm2
	pxor xmm1, [rsi]
	pxor mm1, mm2
	pxor mm1, [rsi]
	paddb xmm1, xmm2
	paddb xmm1, [rsi]
	paddb mm1, mm2
	paddb mm1, [rsi]
	paddw xmm1, xmm2
	paddw xmm1, [rsi]
	paddw mm1, mm2
	paddw mm1, [rsi]
	paddd xmm1, xmm2
	paddd xmm1, [rsi]
	paddd mm1, mm2
	paddd mm1, [rsi]
	paddq xmm1, xmm2
	paddq xmm1, [rsi]
	paddq mm1, mm2
	paddq mm1, [rsi]
	paddsb xmm1, xmm2
	paddsb xmm1, [rsi]
	paddsb mm1, mm2
	paddsb mm1, [rsi]
	paddsw xmm1, xmm2
	paddsw xmm1, [rsi]
	paddsw mm1, mm2
	paddsw mm1, [rsi]
	paddusb xmm1, xmm2
	paddusb xmm1, [rsi]
	paddusb mm1, mm2
	paddusb mm1, [rsi]
	paddusw xmm1, xmm2
	paddusw xmm1, [rsi]
	paddusw mm1, mm2
	paddusw mm1, [rsi]
	psubb xmm1, xmm2
	psubb xmm1, [rsi]
	psubb mm1, mm2
	psubb mm1, [rsi]
	psubw xmm1, xmm2
	psubw xmm1, [rsi]
	psubw mm1, mm2
	psubw mm1, [rsi]
	psubd xmm1, xmm2
	psubd xmm1, [rsi]
	psubd mm1, mm2
	psubd mm1, [rsi]
	psubq xmm1, xmm2
	psubq xmm1, [rsi]
	psubq mm1, mm2
	psubq mm1, [rsi]
	psubsb xmm1, xmm2
	psubsb xmm1, [rsi]
	psubsb mm1, mm2
	psubsb mm1, [rsi]
	psubsw xmm1, xmm2
	psubsw xmm1, [rsi]
	psubsw mm1, mm2
	psubsw mm1, [rsi]
	psubusb xmm1, xmm2
	psubusb xmm1, [rsi]
	psubusb mm1, mm2
	psubusb mm1, [rsi]
	psubusw xmm1, xmm2
	psubusw xmm1, [rsi]
	psubusw mm1, mm2
	psubusw mm1, [rsi]
	pcmpeqb xmm1, xmm2
	pcmpeqb xmm1, [rsi]
	pcmpeqb mm1, mm2
	pcmpeqb mm1, [rsi]
	pcmpeqw xmm1, xmm2
	pcmpeqw xmm1, [rsi]
	pcmpeqw mm1, mm2
	pcmpeqw mm1, [rsi]
	pcmpeqd xmm1, xmm2
	pcmpeqd xmm1, [rsi]
	pcmpeqd mm1, mm2
	pcmpeqd mm1, [rsi]
	pcmpgtb xmm1, xmm2
	pcmpgtb xmm1, [rsi]
	pcmpgtb mm1, mm2
	pcmpgtb mm1, [rsi]
	pcmpgtw xmm1, xmm2
	pcmpgtw xmm1, [rsi]
	pcmpgtw mm1, mm2
	pcmpgtw mm1, [rsi]
	pcmpgtd xmm1, xmm2
	pcmpgtd xmm1, [rsi]
	pcmpgtd mm1, mm2
	pcmpgtd mm1, [rsi]
	pminub xmm1, xmm2
	pminub xmm1, [rsi]
	pminub mm1, mm2
	pminub mm1, [rsi]
	pminsw xmm1, xmm2
	pminsw xmm1, [rsi]
	pminsw mm1, mm2
	pminsw mm1, [rsi]
	pmaxub xmm1, xmm2
	pmaxub xmm1, [rsi]
	pmaxub mm1, mm2
	pmaxub mm1, [rsi]
	pmaxsw xmm1, xmm2
	pmaxsw xmm1, [rsi]
	pmaxsw mm1, mm2
	pmaxsw mm1, [rsi]
	pavgb xmm1, xmm2
	pavgb xmm1, [rsi]
	pavgb mm1, mm2
	pavgb mm1, [rsi]
	pavgw xmm1, xmm2
	pavgw xmm1, [rsi]
	pavgw mm1, mm2
	pavgw mm1, [rsi]
	pmullw xmm1, xmm2
	pmullw xmm1, [rsi]
	pmullw mm1, mm2
	pmullw mm1, [rsi]
	pmulhw xmm1, xmm2
	pmulhw xmm1, [rsi]
	pmulhw mm1, mm2
	pmulhw mm1, [rsi]
	pmulhuw xmm1, xmm2
	pmulhuw xmm1, [rsi]
	pmulhuw mm1, mm2
	pmulhuw mm1, [rsi]
	pmulhrsw xmm1, xmm2
	pmulhrsw xmm1, [rsi]
	pmulhrsw mm1, mm2
	pmulhrsw mm1, [rsi]
	pmuludq xmm1, xmm2
	pmuludq xmm1, [rsi]
	pmuludq mm1, mm2
	pmuludq mm1, [rsi]
	pmaddwd xmm1, xmm2
	pmaddwd xmm1, [rsi]
	pmaddwd mm1, mm2
	pmaddwd mm1, [rsi]
	pmaddubsw xmm1, xmm2
	pmaddubsw xmm1, [rsi]
	pmaddubsw mm1, mm2
	pmaddubsw mm1, [rsi]
	psadbw xmm1, xmm2
	psadbw xmm1, [rsi]
	psadbw mm1, mm2
	psadbw mm1, [rsi]
	pabsb xmm1, xmm2
	pabsb xmm1, [rsi]
	pabsb mm1, mm2
	pabsb mm1, [rsi]
	pabsw xmm1, xmm2
	pabsw xmm1, [rsi]
	pabsw mm1, mm2
	pabsw mm1, [rsi]
	pabsd xmm1, xmm2
	pabsd xmm1, [rsi]
	pabsd mm1, mm2
	pabsd mm1, [rsi]
	psignb xmm1, xmm2
	psignb xmm1, [rsi]
	psignb mm1, mm2
	psignb mm1, [rsi]
	psignw xmm1, xmm2
	psignw xmm1, [rsi]
	psignw mm1, mm2
	psignw mm1, [rsi]
	psignd xmm1, xmm2
	psignd xmm1, [rsi]
	psignd mm1, mm2
	psignd mm1, [rsi]
	packsswb xmm1, xmm2
	packsswb xmm1, [rsi]
	packsswb mm1, mm2
	packsswb mm1, [rsi]
	packssdw xmm1, xmm2
	packssdw xmm1, [rsi]
	packssdw mm1, mm2
	packssdw mm1, [rsi]
	packuswb xmm1, xmm2
	packuswb xmm1, [rsi]
	packuswb mm1, mm2
	packuswb mm1, [rsi]
	punpcklbw xmm1, xmm2
	punpcklbw xmm1, [rsi]
	punpcklbw mm1, mm2
	punpcklbw mm1, [rsi]
	punpcklwd xmm1, xmm2
	punpcklwd xmm1, [rsi]
	punpcklwd mm1, mm2
	punpcklwd mm1, [rsi]
	punpckldq xmm1, xmm2
	punpckldq xmm1, [rsi]
	punpckldq mm1, mm2
	punpckldq mm1, [rsi]
	punpckhbw xmm1, xmm2
	punpckhbw xmm1, [rsi]
	punpckhbw mm1, mm2
	punpckhbw mm1, [rsi]
	punpckhwd xmm1, xmm2
	punpckhwd xmm1, [rsi]
	punpckhwd mm1, mm2
	punpckhwd mm1, [rsi]
	punpckhdq xmm1, xmm2
	punpckhdq xmm1, [rsi]
	punpckhdq mm1, mm2
	punpckhdq mm1, [rsi]
	pshufb xmm1, xmm2
	pshufb xmm1, [rsi]
	pshufb mm1, mm2
	pshufb mm1, [rsi]
	phaddw xmm1, xmm2
	phaddw xmm1, [rsi]
	phaddw mm1, mm2
	phaddw mm1, [rsi]
	phaddd xmm1, xmm2
	phaddd xmm1, [rsi]
	phaddd mm1, mm2
	phaddd mm1, [rsi]
	phaddsw xmm1, xmm2
	phaddsw xmm1, [rsi]
	phaddsw mm1, mm2
	phaddsw mm1, [rsi]
	phsubw xmm1, xmm2
	phsubw xmm1, [rsi]
	phsubw mm1, mm2
	phsubw mm1, [rsi]
	phsubd xmm1, xmm2
	phsubd xmm1, [rsi]
	phsubd mm1, mm2
	phsubd mm1, [rsi]
	phsubsw xmm1, xmm2
	phsubsw xmm1, [rsi]
	phsubsw mm1, mm2
	phsubsw mm1, [rsi]
	pcmpeqq xmm1, xmm2
	pcmpeqq xmm1, [rsi]
	pcmpgtq xmm1, xmm2
	pcmpgtq xmm1, [rsi]
	pminuw xmm1, xmm2
	pminuw xmm1, [rsi]
	pminud xmm1, xmm2
	pminud xmm1, [rsi]
	pminsb xmm1, xmm2
	pminsb xmm1, [rsi]
	pminsd xmm1, xmm2
	pminsd xmm1, [rsi]
	pmaxuw xmm1, xmm2
	pmaxuw xmm1, [rsi]
	pmaxud xmm1, xmm2
	pmaxud xmm1, [rsi]
	pmaxsb xmm1, xmm2
	pmaxsb xmm1, [rsi]
	pmaxsd xmm1, xmm2
	pmaxsd xmm1, [rsi]
	pmulld xmm1, xmm2
	pmulld xmm1, [rsi]
	pmuldq xmm1, xmm2
	pmuldq xmm1, [rsi]
	packusdw xmm1, xmm2
	packusdw xmm1, [rsi]
	punpcklqdq xmm1, xmm2
	punpcklqdq xmm1, [rsi]
	punpckhqdq xmm1, xmm2
	punpckhqdq xmm1, [rsi]
	unpcklps xmm1, xmm2
	unpcklps xmm1, [rsi]
	unpckhps xmm1, xmm2
	unpckhps xmm1, [rsi]
	unpcklpd xmm1, xmm2
	unpcklpd xmm1, [rsi]
	unpckhpd xmm1, xmm2
	unpckhpd xmm1, [rsi]
	movshdup xmm1, xmm2
	movshdup xmm1, [rsi]
	movsldup xmm1, xmm2
	movsldup xmm1, [rsi]
	movddup xmm1, xmm2
	movddup xmm1, [rsi]
	phminposuw xmm1, xmm2
	phminposuw xmm1, [rsi]
	pblendvb xmm1, xmm2
	pblendvb xmm1, [rsi]
	blendvps xmm1, xmm2
	blendvps xmm1, [rsi]
	blendvpd xmm1, xmm2
	blendvpd xmm1, [rsi]
	ptest xmm1, xmm2
	ptest xmm1, [rsi]
	pmovsxbw xmm1, xmm2
	pmovsxbw xmm1, [rsi]
	pmovsxbd xmm1, xmm2
	pmovsxbd xmm1, [rsi]
	pmovsxbq xmm1, xmm2
	pmovsxbq xmm1, [rsi]
	pmovsxwd xmm1, xmm2
	pmovsxwd xmm1, [rsi]
	pmovsxwq xmm1, xmm2
	pmovsxwq xmm1, [rsi]
	pmovsxdq xmm1, xmm2
	pmovsxdq xmm1, [rsi]
	pmovzxbw xmm1, xmm2
	pmovzxbw xmm1, [rsi]
	pmovzxbd xmm1, xmm2
	pmovzxbd xmm1, [rsi]
	pmovzxbq xmm1, xmm2
	pmovzxbq xmm1, [rsi]
	pmovzxwd xmm1, xmm2
	pmovzxwd xmm1, [rsi]
	pmovzxwq xmm1, xmm2
	pmovzxwq xmm1, [rsi]
	pmovzxdq xmm1, xmm2
	pmovzxdq xmm1, [rsi]
	psllw xmm1, xmm2
	psllw xmm1, [rsi]
	psllw mm1, mm2
	psllw mm1, [rsi]
	psllw xmm1, 0
	psllw xmm1, 1
	psllw xmm1, 7
	psllw xmm1, 15
	psllw xmm1, 16
	psllw xmm1, 31
	psllw xmm1, 32
	psllw xmm1, 63
	psllw xmm1, 64
	psllw xmm1, 255
	psllw mm1, 0
	psllw mm1, 5
	psllw mm1, 16
	psllw mm1, 33
	psllw mm1, 64
	pslld xmm1, xmm2
	pslld xmm1, [rsi]
	pslld mm1, mm2
	pslld mm1, [rsi]
	pslld xmm1, 0
	pslld xmm1, 1
	pslld xmm1, 7
	pslld xmm1, 15
	pslld xmm1, 16
	pslld xmm1, 31
	pslld xmm1, 32
	pslld xmm1, 63
	pslld xmm1, 64
	pslld xmm1, 255
	pslld mm1, 0
	pslld mm1, 5
	pslld mm1, 16
	pslld mm1, 33
	pslld mm1, 64
	psllq xmm1, xmm2
	psllq xmm1, [rsi]
	psllq mm1, mm2
	psllq mm1, [rsi]
	psllq xmm1, 0
	psllq xmm1, 1
	psllq xmm1, 7
	psllq xmm1, 15
	psllq xmm1, 16
	psllq xmm1, 31
	psllq xmm1, 32
	psllq xmm1, 63
	psllq xmm1, 64
	psllq xmm1, 255
	psllq mm1, 0
	psllq mm1, 5
	psllq mm1, 16
	psllq mm1, 33
	psllq mm1, 64
	psrlw xmm1, xmm2
	psrlw xmm1, [rsi]
	psrlw mm1, mm2
	psrlw mm1, [rsi]
	psrlw xmm1, 0
	psrlw xmm1, 1
	psrlw xmm1, 7
	psrlw xmm1, 15
	psrlw xmm1, 16
	psrlw xmm1, 31
	psrlw xmm1, 32
	psrlw xmm1, 63
	psrlw xmm1, 64
	psrlw xmm1, 255
	psrlw mm1, 0
	psrlw mm1, 5
	psrlw mm1, 16
	psrlw mm1, 33
	psrlw mm1, 64
	psrld xmm1, xmm2
	psrld xmm1, [rsi]
	psrld mm1, mm2
	psrld mm1, [rsi]
	psrld xmm1, 0
	psrld xmm1, 1
	psrld xmm1, 7
	psrld xmm1, 15
	psrld xmm1, 16
	psrld xmm1, 31
	psrld xmm1, 32
	psrld xmm1, 63
	psrld xmm1, 64
	psrld xmm1, 255
	psrld mm1, 0
	psrld mm1, 5
	psrld mm1, 16
	psrld mm1, 33
	psrld mm1, 64
	psrlq xmm1, xmm2
	psrlq xmm1, [rsi]
	psrlq mm1, mm2
	psrlq mm1, [rsi]
	psrlq xmm1, 0
	psrlq xmm1, 1
	psrlq xmm1, 7
	psrlq xmm1, 15
	psrlq xmm1, 16
	psrlq xmm1, 31
	psrlq xmm1, 32
	psrlq xmm1, 63
	psrlq xmm1, 64
	psrlq xmm1, 255
	psrlq mm1, 0
	psrlq mm1, 5
	psrlq mm1, 16
	psrlq mm1, 33
	psrlq mm1, 64
	psraw xmm1, xmm2
	psraw xmm1, [rsi]
	psraw mm1, mm2
	psraw mm1, [rsi]
	psraw xmm1, 0
	psraw xmm1, 1
	psraw xmm1, 7
	psraw xmm1, 15
	psraw xmm1, 16
	psraw xmm1, 31
	psraw xmm1, 32
	psraw xmm1, 63
	psraw xmm1, 64
	psraw xmm1, 255
	psraw mm1, 0
	psraw mm1, 5
	psraw mm1, 16
	psraw mm1, 33
	psraw mm1, 64
	psrad xmm1, xmm2
	psrad xmm1, [rsi]
	psrad mm1, mm2
	psrad mm1, [rsi]
	psrad xmm1, 0
	psrad xmm1, 1
	psrad xmm1, 7
	psrad xmm1, 15
	psrad xmm1, 16
	psrad xmm1, 31
	psrad xmm1, 32
	psrad xmm1, 63
	psrad xmm1, 64
	psrad xmm1, 255
	psrad mm1, 0
	psrad mm1, 5
	psrad mm1, 16
	psrad mm1, 33
	psrad mm1, 64
	pslldq xmm1, 0
	pslldq xmm1, 1
	pslldq xmm1, 5
	pslldq xmm1, 8
	pslldq xmm1, 11
	pslldq xmm1, 15
	pslldq xmm1, 16
	pslldq xmm1, 200
	psrldq xmm1, 0
	psrldq xmm1, 1
	psrldq xmm1, 5
	psrldq xmm1, 8
	psrldq xmm1, 11
	psrldq xmm1, 15
	psrldq xmm1, 16
	psrldq xmm1, 200
	pshufd xmm1, xmm2, 0
	pshufd xmm1, xmm2, 27
	pshufd xmm1, xmm2, 228
	pshufd xmm1, xmm2, 156
	pshufd xmm1, xmm2, 255
	pshufd xmm1, [rsi], 0
	pshufd xmm1, [rsi], 27
	pshufd xmm1, [rsi], 228
	pshufd xmm1, [rsi], 156
	pshufd xmm1, [rsi], 255
	pshufhw xmm1, xmm2, 0
	pshufhw xmm1, xmm2, 27
	pshufhw xmm1, xmm2, 228
	pshufhw xmm1, xmm2, 156
	pshufhw xmm1, xmm2, 255
	pshufhw xmm1, [rsi], 0
	pshufhw xmm1, [rsi], 27
	pshufhw xmm1, [rsi], 228
	pshufhw xmm1, [rsi], 156
	pshufhw xmm1, [rsi], 255
	pshuflw xmm1, xmm2, 0
	pshuflw xmm1, xmm2, 27
	pshuflw xmm1, xmm2, 228
	pshuflw xmm1, xmm2, 156
	pshuflw xmm1, xmm2, 255
	pshuflw xmm1, [rsi], 0
	pshuflw xmm1, [rsi], 27
	pshuflw xmm1, [rsi], 228
	pshuflw xmm1, [rsi], 156
	pshuflw xmm1, [rsi], 255
	shufps xmm1, xmm2, 0
	shufps xmm1, xmm2, 27
	shufps xmm1, xmm2, 228
	shufps xmm1, xmm2, 156
	shufps xmm1, xmm2, 255
	shufps xmm1, [rsi], 0
	shufps xmm1, [rsi], 27
	shufps xmm1, [rsi], 228
	shufps xmm1, [rsi], 156
	shufps xmm1, [rsi], 255
	pshufw mm1, mm2, 0
	pshufw mm1, mm2, 27
	pshufw mm1, mm2, 156
	pshufw mm1, [rsi], 0
	pshufw mm1, [rsi], 27
	pshufw mm1, [rsi], 156
	shufpd xmm1, xmm2, 0
	shufpd xmm1, xmm2, 1
	shufpd xmm1, xmm2, 2
	shufpd xmm1, xmm2, 3
	shufpd xmm1, xmm2, 254
	shufpd xmm1, [rsi], 0
	shufpd xmm1, [rsi], 1
	shufpd xmm1, [rsi], 2
	shufpd xmm1, [rsi], 3
	shufpd xmm1, [rsi], 254
	palignr xmm1, xmm2, 0
	palignr xmm1, xmm2, 1
	palignr xmm1, xmm2, 7
	palignr xmm1, xmm2, 8
	palignr xmm1, xmm2, 15
	palignr xmm1, xmm2, 16
	palignr xmm1, xmm2, 20
	palignr xmm1, xmm2, 31
	palignr xmm1, xmm2, 32
	palignr xmm1, xmm2, 255
	palignr xmm1, [rsi], 0
	palignr xmm1, [rsi], 1
	palignr xmm1, [rsi], 7
	palignr xmm1, [rsi], 8
	palignr xmm1, [rsi], 15
	palignr xmm1, [rsi], 16
	palignr xmm1, [rsi], 20
	palignr xmm1, [rsi], 31
	palignr xmm1, [rsi], 32
	palignr xmm1, [rsi], 255
	palignr mm1, mm2, 0
	palignr mm1, mm2, 3
	palignr mm1, mm2, 8
	palignr mm1, mm2, 11
	palignr mm1, mm2, 16
	palignr mm1, mm2, 20
	palignr mm1, [rsi], 0
	palignr mm1, [rsi], 3
	palignr mm1, [rsi], 8
	palignr mm1, [rsi], 11
	palignr mm1, [rsi], 16
	palignr mm1, [rsi], 20
	blendps xmm1, xmm2, 0
	blendps xmm1, xmm2, 53
	blendps xmm1, xmm2, 166
	blendps xmm1, xmm2, 255
	blendps xmm1, [rsi], 0
	blendps xmm1, [rsi], 53
	blendps xmm1, [rsi], 166
	blendps xmm1, [rsi], 255
	blendpd xmm1, xmm2, 0
	blendpd xmm1, xmm2, 53
	blendpd xmm1, xmm2, 166
	blendpd xmm1, xmm2, 255
	blendpd xmm1, [rsi], 0
	blendpd xmm1, [rsi], 53
	blendpd xmm1, [rsi], 166
	blendpd xmm1, [rsi], 255
	pblendw xmm1, xmm2, 0
	pblendw xmm1, xmm2, 53
	pblendw xmm1, xmm2, 166
	pblendw xmm1, xmm2, 255
	pblendw xmm1, [rsi], 0
	pblendw xmm1, [rsi], 53
	pblendw xmm1, [rsi], 166
	pblendw xmm1, [rsi], 255
	insertps xmm1, xmm2, 0
	insertps xmm1, xmm2, 30
	insertps xmm1, xmm2, 96
	insertps xmm1, xmm2, 213
	insertps xmm1, xmm2, 168
	insertps xmm1, xmm2, 127
	insertps xmm1, [rsi], 0
	insertps xmm1, [rsi], 30
	insertps xmm1, [rsi], 96
	insertps xmm1, [rsi], 213
	insertps xmm1, [rsi], 168
	insertps xmm1, [rsi], 127
	mpsadbw xmm1, xmm2, 0
	mpsadbw xmm1, xmm2, 1
	mpsadbw xmm1, xmm2, 2
	mpsadbw xmm1, xmm2, 3
	mpsadbw xmm1, xmm2, 4
	mpsadbw xmm1, xmm2, 5
	mpsadbw xmm1, xmm2, 6
	mpsadbw xmm1, xmm2, 7
	mpsadbw xmm1, [rsi], 0
	mpsadbw xmm1, [rsi], 1
	mpsadbw xmm1, [rsi], 2
	mpsadbw xmm1, [rsi], 3
	mpsadbw xmm1, [rsi], 4
	mpsadbw xmm1, [rsi], 5
	mpsadbw xmm1, [rsi], 6
	mpsadbw xmm1, [rsi], 7
	movaps xmm1, xmm2
	movaps xmm1, [rsi]
	movaps [rsi], xmm1
	movapd xmm1, xmm2
	movapd xmm1, [rsi]
	movapd [rsi], xmm1
	movdqa xmm1, xmm2
	movdqa xmm1, [rsi]
	movdqa [rsi], xmm1
	movups xmm1, xmm2
	movups xmm1, [rsi]
	movups [rsi], xmm1
	movupd xmm1, xmm2
	movupd xmm1, [rsi]
	movupd [rsi], xmm1
	movdqu xmm1, xmm2
	movdqu xmm1, [rsi]
	movdqu [rsi], xmm1
	lddqu xmm1, [rsi]
	movntdqa xmm1, [rsi]
	movntps [rsi], xmm1
	movntpd [rsi], xmm1
	movntdq [rsi], xmm1
	movsd xmm1, xmm2
	movsd xmm1, [rsi]
	movsd [rsi], xmm1
	movss xmm1, xmm2
	movss xmm1, [rsi]
	movss [rsi], xmm1
	movlps xmm1, [rsi]
	movlps [rsi], xmm1
	movlpd xmm1, [rsi]
	movlpd [rsi], xmm1
	movhps xmm1, [rsi]
	movhps [rsi], xmm1
	movhpd xmm1, [rsi]
	movhpd [rsi], xmm1
	movhlps xmm1, xmm2
	movlhps xmm1, xmm2
	movd xmm1, edx
	movd xmm1, dword ptr [rsi]
	movq xmm1, rdx
	movq xmm1, qword ptr [rsi]
	movq xmm1, xmm2
	.byte 0x66,0x48,0x0f,0x6e,0x0e # movq xmm1, [rsi]
	.byte 0x66,0x48,0x0f,0x7e,0x0e # movq [rsi], xmm1
	movd ecx, xmm1
	movq rcx, xmm1
	movd [rsi], xmm1
	movq [rsi], xmm1
	movd ecx, mm1
	movq rcx, mm1
	movd [rsi], mm1
	movq [rsi], mm1
	movntq [rsi], mm1
	movd mm1, edx
	movq mm1, rdx
	movd mm1, dword ptr [rsi]
	movq mm1, [rsi]
	movq mm1, mm2
	movq2dq xmm1, mm2
	movdq2q mm1, xmm2
	emms
	.byte 0x48,0x0f,0x6e,0x0e # movq mm1, [rsi]
	.byte 0x48,0x0f,0x7e,0x0e # movq [rsi], mm1
	movnti [rsi], ecx
	movnti [rsi], rcx
	maskmovdqu xmm1, xmm2
	maskmovq mm1, mm2
	pmovmskb ecx, xmm2
	pmovmskb ecx, mm2
	movmskps ecx, xmm2
	movmskpd ecx, xmm2
	pextrw ecx, xmm2, 0
	pextrw ecx, mm2, 0
	pextrw [rsi], xmm1, 0
	pextrb ecx, xmm1, 0
	pextrb [rsi], xmm1, 0
	pextrd ecx, xmm1, 0
	pextrd [rsi], xmm1, 0
	pextrq rcx, xmm1, 0
	pextrq [rsi], xmm1, 0
	extractps ecx, xmm1, 0
	extractps [rsi], xmm1, 0
	pinsrw xmm1, edx, 0
	pinsrw xmm1, [rsi], 0
	pinsrw mm1, edx, 0
	pinsrw mm1, [rsi], 0
	pinsrb xmm1, edx, 0
	pinsrb xmm1, [rsi], 0
	pinsrd xmm1, edx, 0
	pinsrd xmm1, dword ptr [rsi], 0
	pinsrq xmm1, rdx, 0
	pinsrq xmm1, qword ptr [rsi], 0
	pextrw ecx, xmm2, 3
	pextrw ecx, mm2, 3
	pextrw [rsi], xmm1, 3
	pextrb ecx, xmm1, 3
	pextrb [rsi], xmm1, 3
	pextrd ecx, xmm1, 3
	pextrd [rsi], xmm1, 3
	pextrq rcx, xmm1, 3
	pextrq [rsi], xmm1, 3
	extractps ecx, xmm1, 3
	extractps [rsi], xmm1, 3
	pinsrw xmm1, edx, 3
	pinsrw xmm1, [rsi], 3
	pinsrw mm1, edx, 3
	pinsrw mm1, [rsi], 3
	pinsrb xmm1, edx, 3
	pinsrb xmm1, [rsi], 3
	pinsrd xmm1, edx, 3
	pinsrd xmm1, dword ptr [rsi], 3
	pinsrq xmm1, rdx, 3
	pinsrq xmm1, qword ptr [rsi], 3
	pextrw ecx, xmm2, 7
	pextrw ecx, mm2, 7
	pextrw [rsi], xmm1, 7
	pextrb ecx, xmm1, 7
	pextrb [rsi], xmm1, 7
	pextrd ecx, xmm1, 7
	pextrd [rsi], xmm1, 7
	pextrq rcx, xmm1, 7
	pextrq [rsi], xmm1, 7
	extractps ecx, xmm1, 7
	extractps [rsi], xmm1, 7
	pinsrw xmm1, edx, 7
	pinsrw xmm1, [rsi], 7
	pinsrw mm1, edx, 7
	pinsrw mm1, [rsi], 7
	pinsrb xmm1, edx, 7
	pinsrb xmm1, [rsi], 7
	pinsrd xmm1, edx, 7
	pinsrd xmm1, dword ptr [rsi], 7
	pinsrq xmm1, rdx, 7
	pinsrq xmm1, qword ptr [rsi], 7
	pextrw ecx, xmm2, 13
	pextrw ecx, mm2, 13
	pextrw [rsi], xmm1, 13
	pextrb ecx, xmm1, 13
	pextrb [rsi], xmm1, 13
	pextrd ecx, xmm1, 13
	pextrd [rsi], xmm1, 13
	pextrq rcx, xmm1, 13
	pextrq [rsi], xmm1, 13
	extractps ecx, xmm1, 13
	extractps [rsi], xmm1, 13
	pinsrw xmm1, edx, 13
	pinsrw xmm1, [rsi], 13
	pinsrw mm1, edx, 13
	pinsrw mm1, [rsi], 13
	pinsrb xmm1, edx, 13
	pinsrb xmm1, [rsi], 13
	pinsrd xmm1, edx, 13
	pinsrd xmm1, dword ptr [rsi], 13
	pinsrq xmm1, rdx, 13
	pinsrq xmm1, qword ptr [rsi], 13
	pcmpestri xmm1, xmm2, 0
	pcmpestri xmm1, xmm2, 3
	pcmpestri xmm1, xmm2, 6
	pcmpestri xmm1, xmm2, 9
	pcmpestri xmm1, xmm2, 12
	pcmpestri xmm1, xmm2, 15
	pcmpestri xmm1, xmm2, 18
	pcmpestri xmm1, xmm2, 21
	pcmpestri xmm1, xmm2, 24
	pcmpestri xmm1, xmm2, 27
	pcmpestri xmm1, xmm2, 30
	pcmpestri xmm1, xmm2, 33
	pcmpestri xmm1, xmm2, 36
	pcmpestri xmm1, xmm2, 39
	pcmpestri xmm1, xmm2, 42
	pcmpestri xmm1, xmm2, 45
	pcmpestri xmm1, xmm2, 48
	pcmpestri xmm1, xmm2, 51
	pcmpestri xmm1, xmm2, 54
	pcmpestri xmm1, xmm2, 57
	pcmpestri xmm1, xmm2, 60
	pcmpestri xmm1, xmm2, 63
	pcmpestri xmm1, xmm2, 66
	pcmpestri xmm1, xmm2, 69
	pcmpestri xmm1, xmm2, 72
	pcmpestri xmm1, xmm2, 75
	pcmpestri xmm1, xmm2, 78
	pcmpestri xmm1, xmm2, 81
	pcmpestri xmm1, xmm2, 84
	pcmpestri xmm1, xmm2, 87
	pcmpestri xmm1, xmm2, 90
	pcmpestri xmm1, xmm2, 93
	pcmpestri xmm1, xmm2, 96
	pcmpestri xmm1, xmm2, 99
	pcmpestri xmm1, xmm2, 102
	pcmpestri xmm1, xmm2, 105
	pcmpestri xmm1, xmm2, 108
	pcmpestri xmm1, xmm2, 111
	pcmpestri xmm1, xmm2, 114
	pcmpestri xmm1, xmm2, 117
	pcmpestri xmm1, xmm2, 120
	pcmpestri xmm1, xmm2, 123
	pcmpestri xmm1, xmm2, 126
	pcmpestri xmm1, [rsi], 0
	pcmpestri xmm1, [rsi], 3
	pcmpestri xmm1, [rsi], 6
	pcmpestri xmm1, [rsi], 9
	pcmpestri xmm1, [rsi], 12
	pcmpestri xmm1, [rsi], 15
	pcmpestri xmm1, [rsi], 18
	pcmpestri xmm1, [rsi], 21
	pcmpestri xmm1, [rsi], 24
	pcmpestri xmm1, [rsi], 27
	pcmpestri xmm1, [rsi], 30
	pcmpestri xmm1, [rsi], 33
	pcmpestri xmm1, [rsi], 36
	pcmpestri xmm1, [rsi], 39
	pcmpestri xmm1, [rsi], 42
	pcmpestri xmm1, [rsi], 45
	pcmpestri xmm1, [rsi], 48
	pcmpestri xmm1, [rsi], 51
	pcmpestri xmm1, [rsi], 54
	pcmpestri xmm1, [rsi], 57
	pcmpestri xmm1, [rsi], 60
	pcmpestri xmm1, [rsi], 63
	pcmpestri xmm1, [rsi], 66
	pcmpestri xmm1, [rsi], 69
	pcmpestri xmm1, [rsi], 72
	pcmpestri xmm1, [rsi], 75
	pcmpestri xmm1, [rsi], 78
	pcmpestri xmm1, [rsi], 81
	pcmpestri xmm1, [rsi], 84
	pcmpestri xmm1, [rsi], 87
	pcmpestri xmm1, [rsi], 90
	pcmpestri xmm1, [rsi], 93
	pcmpestri xmm1, [rsi], 96
	pcmpestri xmm1, [rsi], 99
	pcmpestri xmm1, [rsi], 102
	pcmpestri xmm1, [rsi], 105
	pcmpestri xmm1, [rsi], 108
	pcmpestri xmm1, [rsi], 111
	pcmpestri xmm1, [rsi], 114
	pcmpestri xmm1, [rsi], 117
	pcmpestri xmm1, [rsi], 120
	pcmpestri xmm1, [rsi], 123
	pcmpestri xmm1, [rsi], 126
	pcmpestrm xmm1, xmm2, 0
	pcmpestrm xmm1, xmm2, 3
	pcmpestrm xmm1, xmm2, 6
	pcmpestrm xmm1, xmm2, 9
	pcmpestrm xmm1, xmm2, 12
	pcmpestrm xmm1, xmm2, 15
	pcmpestrm xmm1, xmm2, 18
	pcmpestrm xmm1, xmm2, 21
	pcmpestrm xmm1, xmm2, 24
	pcmpestrm xmm1, xmm2, 27
	pcmpestrm xmm1, xmm2, 30
	pcmpestrm xmm1, xmm2, 33
	pcmpestrm xmm1, xmm2, 36
	pcmpestrm xmm1, xmm2, 39
	pcmpestrm xmm1, xmm2, 42
	pcmpestrm xmm1, xmm2, 45
	pcmpestrm xmm1, xmm2, 48
	pcmpestrm xmm1, xmm2, 51
	pcmpestrm xmm1, xmm2, 54
	pcmpestrm xmm1, xmm2, 57
	pcmpestrm xmm1, xmm2, 60
	pcmpestrm xmm1, xmm2, 63
	pcmpestrm xmm1, xmm2, 66
	pcmpestrm xmm1, xmm2, 69
	pcmpestrm xmm1, xmm2, 72
	pcmpestrm xmm1, xmm2, 75
	pcmpestrm xmm1, xmm2, 78
	pcmpestrm xmm1, xmm2, 81
	pcmpestrm xmm1, xmm2, 84
	pcmpestrm xmm1, xmm2, 87
	pcmpestrm xmm1, xmm2, 90
	pcmpestrm xmm1, xmm2, 93
	pcmpestrm xmm1, xmm2, 96
	pcmpestrm xmm1, xmm2, 99
	pcmpestrm xmm1, xmm2, 102
	pcmpestrm xmm1, xmm2, 105
	pcmpestrm xmm1, xmm2, 108
	pcmpestrm xmm1, xmm2, 111
	pcmpestrm xmm1, xmm2, 114
	pcmpestrm xmm1, xmm2, 117
	pcmpestrm xmm1, xmm2, 120
	pcmpestrm xmm1, xmm2, 123
	pcmpestrm xmm1, xmm2, 126
	pcmpestrm xmm1, [rsi], 0
	pcmpestrm xmm1, [rsi], 3
	pcmpestrm xmm1, [rsi], 6
	pcmpestrm xmm1, [rsi], 9
	pcmpestrm xmm1, [rsi], 12
	pcmpestrm xmm1, [rsi], 15
	pcmpestrm xmm1, [rsi], 18
	pcmpestrm xmm1, [rsi], 21
	pcmpestrm xmm1, [rsi], 24
	pcmpestrm xmm1, [rsi], 27
	pcmpestrm xmm1, [rsi], 30
	pcmpestrm xmm1, [rsi], 33
	pcmpestrm xmm1, [rsi], 36
	pcmpestrm xmm1, [rsi], 39
	pcmpestrm xmm1, [rsi], 42
	pcmpestrm xmm1, [rsi], 45
	pcmpestrm xmm1, [rsi], 48
	pcmpestrm xmm1, [rsi], 51
	pcmpestrm xmm1, [rsi], 54
	pcmpestrm xmm1, [rsi], 57
	pcmpestrm xmm1, [rsi], 60
	pcmpestrm xmm1, [rsi], 63
	pcmpestrm xmm1, [rsi], 66
	pcmpestrm xmm1, [rsi], 69
	pcmpestrm xmm1, [rsi], 72
	pcmpestrm xmm1, [rsi], 75
	pcmpestrm xmm1, [rsi], 78
	pcmpestrm xmm1, [rsi], 81
	pcmpestrm xmm1, [rsi], 84
	pcmpestrm xmm1, [rsi], 87
	pcmpestrm xmm1, [rsi], 90
	pcmpestrm xmm1, [rsi], 93
	pcmpestrm xmm1, [rsi], 96
	pcmpestrm xmm1, [rsi], 99
	pcmpestrm xmm1, [rsi], 102
	pcmpestrm xmm1, [rsi], 105
	pcmpestrm xmm1, [rsi], 108
	pcmpestrm xmm1, [rsi], 111
	pcmpestrm xmm1, [rsi], 114
	pcmpestrm xmm1, [rsi], 117
	pcmpestrm xmm1, [rsi], 120
	pcmpestrm xmm1, [rsi], 123
	pcmpestrm xmm1, [rsi], 126
	pcmpistri xmm1, xmm2, 0
	pcmpistri xmm1, xmm2, 3
	pcmpistri xmm1, xmm2, 6
	pcmpistri xmm1, xmm2, 9
	pcmpistri xmm1, xmm2, 12
	pcmpistri xmm1, xmm2, 15
	pcmpistri xmm1, xmm2, 18
	pcmpistri xmm1, xmm2, 21
	pcmpistri xmm1, xmm2, 24
	pcmpistri xmm1, xmm2, 27
	pcmpistri xmm1, xmm2, 30
	pcmpistri xmm1, xmm2, 33
	pcmpistri xmm1, xmm2, 36
	pcmpistri xmm1, xmm2, 39
	pcmpistri xmm1, xmm2, 42
	pcmpistri xmm1, xmm2, 45
	pcmpistri xmm1, xmm2, 48
	pcmpistri xmm1, xmm2, 51
	pcmpistri xmm1, xmm2, 54
	pcmpistri xmm1, xmm2, 57
	pcmpistri xmm1, xmm2, 60
	pcmpistri xmm1, xmm2, 63
	pcmpistri xmm1, xmm2, 66
	pcmpistri xmm1, xmm2, 69
	pcmpistri xmm1, xmm2, 72
	pcmpistri xmm1, xmm2, 75
	pcmpistri xmm1, xmm2, 78
	pcmpistri xmm1, xmm2, 81
	pcmpistri xmm1, xmm2, 84
	pcmpistri xmm1, xmm2, 87
	pcmpistri xmm1, xmm2, 90
	pcmpistri xmm1, xmm2, 93
	pcmpistri xmm1, xmm2, 96
	pcmpistri xmm1, xmm2, 99
	pcmpistri xmm1, xmm2, 102
	pcmpistri xmm1, xmm2, 105
	pcmpistri xmm1, xmm2, 108
	pcmpistri xmm1, xmm2, 111
	pcmpistri xmm1, xmm2, 114
	pcmpistri xmm1, xmm2, 117
	pcmpistri xmm1, xmm2, 120
	pcmpistri xmm1, xmm2, 123
	pcmpistri xmm1, xmm2, 126
	pcmpistri xmm1, [rsi], 0
	pcmpistri xmm1, [rsi], 3
	pcmpistri xmm1, [rsi], 6
	pcmpistri xmm1, [rsi], 9
	pcmpistri xmm1, [rsi], 12
	pcmpistri xmm1, [rsi], 15
	pcmpistri xmm1, [rsi], 18
	pcmpistri xmm1, [rsi], 21
	pcmpistri xmm1, [rsi], 24
	pcmpistri xmm1, [rsi], 27
	pcmpistri xmm1, [rsi], 30
	pcmpistri xmm1, [rsi], 33
	pcmpistri xmm1, [rsi], 36
	pcmpistri xmm1, [rsi], 39
	pcmpistri xmm1, [rsi], 42
	pcmpistri xmm1, [rsi], 45
	pcmpistri xmm1, [rsi], 48
	pcmpistri xmm1, [rsi], 51
	pcmpistri xmm1, [rsi], 54
	pcmpistri xmm1, [rsi], 57
	pcmpistri xmm1, [rsi], 60
	pcmpistri xmm1, [rsi], 63
	pcmpistri xmm1, [rsi], 66
	pcmpistri xmm1, [rsi], 69
	pcmpistri xmm1, [rsi], 72
	pcmpistri xmm1, [rsi], 75
	pcmpistri xmm1, [rsi], 78
	pcmpistri xmm1, [rsi], 81
	pcmpistri xmm1, [rsi], 84
	pcmpistri xmm1, [rsi], 87
	pcmpistri xmm1, [rsi], 90
	pcmpistri xmm1, [rsi], 93
	pcmpistri xmm1, [rsi], 96
	pcmpistri xmm1, [rsi], 99
	pcmpistri xmm1, [rsi], 102
	pcmpistri xmm1, [rsi], 105
	pcmpistri xmm1, [rsi], 108
	pcmpistri xmm1, [rsi], 111
	pcmpistri xmm1, [rsi], 114
	pcmpistri xmm1, [rsi], 117
	pcmpistri xmm1, [rsi], 120
	pcmpistri xmm1, [rsi], 123
	pcmpistri xmm1, [rsi], 126
	pcmpistrm xmm1, xmm2, 0
	pcmpistrm xmm1, xmm2, 3
	pcmpistrm xmm1, xmm2, 6
	pcmpistrm xmm1, xmm2, 9
	pcmpistrm xmm1, xmm2, 12
	pcmpistrm xmm1, xmm2, 15
	pcmpistrm xmm1, xmm2, 18
	pcmpistrm xmm1, xmm2, 21
	pcmpistrm xmm1, xmm2, 24
	pcmpistrm xmm1, xmm2, 27
	pcmpistrm xmm1, xmm2, 30
	pcmpistrm xmm1, xmm2, 33
	pcmpistrm xmm1, xmm2, 36
	pcmpistrm xmm1, xmm2, 39
	pcmpistrm xmm1, xmm2, 42
	pcmpistrm xmm1, xmm2, 45
	pcmpistrm xmm1, xmm2, 48
	pcmpistrm xmm1, xmm2, 51
	pcmpistrm xmm1, xmm2, 54
	pcmpistrm xmm1, xmm2, 57
	pcmpistrm xmm1, xmm2, 60
	pcmpistrm xmm1, xmm2, 63
	pcmpistrm xmm1, xmm2, 66
	pcmpistrm xmm1, xmm2, 69
	pcmpistrm xmm1, xmm2, 72
	pcmpistrm xmm1, xmm2, 75
	pcmpistrm xmm1, xmm2, 78
	pcmpistrm xmm1, xmm2, 81
	pcmpistrm xmm1, xmm2, 84
	pcmpistrm xmm1, xmm2, 87
	pcmpistrm xmm1, xmm2, 90
	pcmpistrm xmm1, xmm2, 93
	pcmpistrm xmm1, xmm2, 96
	pcmpistrm xmm1, xmm2, 99
	pcmpistrm xmm1, xmm2, 102
	pcmpistrm xmm1, xmm2, 105
	pcmpistrm xmm1, xmm2, 108
	pcmpistrm xmm1, xmm2, 111
	pcmpistrm xmm1, xmm2, 114
	pcmpistrm xmm1, xmm2, 117
	pcmpistrm xmm1, xmm2, 120
	pcmpistrm xmm1, xmm2, 123
	pcmpistrm xmm1, xmm2, 126
	pcmpistrm xmm1, [rsi], 0
	pcmpistrm xmm1, [rsi], 3
	pcmpistrm xmm1, [rsi], 6
	pcmpistrm xmm1, [rsi], 9
	pcmpistrm xmm1, [rsi], 12
	pcmpistrm xmm1, [rsi], 15
	pcmpistrm xmm1, [rsi], 18
	pcmpistrm xmm1, [rsi], 21
	pcmpistrm xmm1, [rsi], 24
	pcmpistrm xmm1, [rsi], 27
	pcmpistrm xmm1, [rsi], 30
	pcmpistrm xmm1, [rsi], 33
	pcmpistrm xmm1, [rsi], 36
	pcmpistrm xmm1, [rsi], 39
	pcmpistrm xmm1, [rsi], 42
	pcmpistrm xmm1, [rsi], 45
	pcmpistrm xmm1, [rsi], 48
	pcmpistrm xmm1, [rsi], 51
	pcmpistrm xmm1, [rsi], 54
	pcmpistrm xmm1, [rsi], 57
	pcmpistrm xmm1, [rsi], 60
	pcmpistrm xmm1, [rsi], 63
	pcmpistrm xmm1, [rsi], 66
	pcmpistrm xmm1, [rsi], 69
	pcmpistrm xmm1, [rsi], 72
	pcmpistrm xmm1, [rsi], 75
	pcmpistrm xmm1, [rsi], 78
	pcmpistrm xmm1, [rsi], 81
	pcmpistrm xmm1, [rsi], 84
	pcmpistrm xmm1, [rsi], 87
	pcmpistrm xmm1, [rsi], 90
	pcmpistrm xmm1, [rsi], 93
	pcmpistrm xmm1, [rsi], 96
	pcmpistrm xmm1, [rsi], 99
	pcmpistrm xmm1, [rsi], 102
	pcmpistrm xmm1, [rsi], 105
	pcmpistrm xmm1, [rsi], 108
	pcmpistrm xmm1, [rsi], 111
	pcmpistrm xmm1, [rsi], 114
	pcmpistrm xmm1, [rsi], 117
	pcmpistrm xmm1, [rsi], 120
	pcmpistrm xmm1, [rsi], 123
	pcmpistrm xmm1, [rsi], 126
	.byte 0x66,0x48,0x0f,0x3a,0x61,0xca,0x0c # rex.w pcmpestri xmm1, xmm2, 12
	.byte 0x66,0x48,0x0f,0x3a,0x60,0xca,0x58 # rex.w pcmpestrm xmm1, xmm2, 0x58
	rcpss xmm1, xmm2
	rcpss xmm1, [rsi]
	rcpps xmm1, xmm2
	rcpps xmm1, [rsi]
	rsqrtss xmm1, xmm2
	rsqrtss xmm1, [rsi]
	rsqrtps xmm1, xmm2
	rsqrtps xmm1, [rsi]
	lfence
	mfence
	sfence
	prefetchnta [rsi]
	prefetcht0 [rsi]
	prefetcht1 [rsi]
	prefetcht2 [rsi]
	prefetchw [rsi]
	clflush [rsi]
	ldmxcsr [rsi]
	stmxcsr [rsi]
