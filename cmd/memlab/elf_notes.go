package main

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"

	"memlab/loader/elf"
)

// elfNotes are the notes of one section or segment.
type elfNotes struct {
	Section string    `json:"section,omitempty"`
	Off     hexNum    `json:"offset"`
	Size    hexNum    `json:"size"`
	Notes   []elfNote `json:"notes"`
}

type elfNote struct {
	Owner string `json:"owner"`
	Size  hexNum `json:"size"`
	Type  string `json:"type"`
	Desc  string `json:"description"` // bytes
	Text  string `json:"text,omitempty"`
}

func notesOf(f *elf.File, sections []elf.Section) ([]elfNotes, error) {
	groups, err := f.Notes(sections)
	if err != nil {
		return nil, err
	}
	var out []elfNotes
	for _, g := range groups {
		list := elfNotes{Section: g.Name, Off: hexNum(g.Off), Size: hexNum(g.Size), Notes: []elfNote{}}
		for _, n := range g.Notes {
			list.Notes = append(list.Notes, elfNote{
				n.Owner, hexNum(len(n.Desc)), noteType(n.Owner, n.Type, f.Type), hex.EncodeToString(n.Desc),
				noteText(&n),
			})
		}
		out = append(out, list)
	}
	return out, nil
}

// gnu owns the notes of the GNU tools.
const gnu = "GNU"

// noteType is the name of a note's type, which its owner gives a meaning.
func noteType(owner string, typ uint32, file uint16) string {
	name := ""
	switch {
	case owner == gnu:
		name = map[uint32]string{
			1: "NT_GNU_ABI_TAG", 2: "NT_GNU_HWCAP", 3: "NT_GNU_BUILD_ID", 4: "NT_GNU_GOLD_VERSION",
			5: "NT_GNU_PROPERTY_TYPE_0", 0x100: "NT_GNU_BUILD_ATTRIBUTE_OPEN",
			0x101: "NT_GNU_BUILD_ATTRIBUTE_FUNC",
		}[typ]
	case owner == "stapsdt" && typ == 3:
		name = "NT_STAPSDT"
	case owner == "FDO" && typ == 0xcafe1a7e:
		name = "FDO_PACKAGING_METADATA"
	case owner == "Go" && typ == 4:
		name = "GO BUILDID"
	case file == elf.TypeCore:
		name = map[uint32]string{
			1: "NT_PRSTATUS", 2: "NT_FPREGSET", 3: "NT_PRPSINFO", 6: "NT_AUXV", 0x202: "NT_X86_XSTATE",
			0x53494749: "NT_SIGINFO", 0x46494c45: "NT_FILE",
		}[typ]
	}
	if name == "" {
		return fmt.Sprintf("0x%08x", typ)
	}
	return name
}

// noteText is what the best-known notes say.
func noteText(n *elf.Note) string {
	le := binary.LittleEndian
	switch {
	case n.Owner == gnu && n.Type == 3:
		return "Build ID: " + hex.EncodeToString(n.Desc)
	case n.Owner == gnu && n.Type == 1 && len(n.Desc) >= 16:
		os := "system " + strconv.FormatUint(uint64(le.Uint32(n.Desc)), 10)
		if le.Uint32(n.Desc) == 0 {
			os = "Linux"
		}
		return fmt.Sprintf("OS: %s, ABI: %d.%d.%d", os, le.Uint32(n.Desc[4:]), le.Uint32(n.Desc[8:]),
			le.Uint32(n.Desc[12:]))
	}
	return ""
}
