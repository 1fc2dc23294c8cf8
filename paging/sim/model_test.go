package sim

import (
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"memlab/paging/policy"
)

// The models of this package are the policies once more, written from their definitions in the simplest way:
// memory is a slice of pages, lists are slices, what is remembered is a map, and everything is searched from
// the start at each reference. They share no code with package policy.

func same(a, b Result) bool { return reflect.DeepEqual(a, b) }

// task is a reference string to run on n frames.
type task struct {
	n      int
	refs   []uint64
	writes []bool
}

// model is a policy too simple to be wrong: what it evicts, in order.
type model func(task) []Eviction

// models has the models of all policies, by name and parameters.
func models() map[string]model {
	all := map[string]model{}
	for _, some := range []map[string]model{frameModels(), orderModels(), ghostModels(), timeModels()} {
		maps.Copy(all, some)
	}
	return all
}

// takeOut removes the first x from a list.
func takeOut(list []uint64, x uint64) []uint64 {
	if i := slices.Index(list, x); i >= 0 {
		return slices.Delete(slices.Clone(list), i, i+1)
	}
	return list
}

// prepend puts x before a list.
func prepend(x uint64, list []uint64) []uint64 { return append([]uint64{x}, list...) }

// checkModels compares policies with their models.
func checkModels(t *testing.T, do task) {
	t.Helper()
	for name, m := range models() {
		if strings.HasPrefix(name, "lirs") && do.n < 2 {
			continue
		}
		got, want := run(t, name, do.n, do.refs, do.writes), m(do)
		if !slices.Equal(got.Evicted, want) {
			t.Fatalf("%s, %d frames, %v, writes %v:\nevicted %v\nwant    %v",
				name, do.n, do.refs, do.writes, got.Evicted, want)
		}
	}
}

// TestEveryPolicyHasAModel: also every parameter that chooses between definitions.
func TestEveryPolicyHasAModel(t *testing.T) {
	have := models()
	for _, in := range policy.Catalog() {
		found := false
		for name := range have {
			first, _, _ := strings.Cut(name, " ")
			found = found || first == in.Name
		}
		if !found {
			t.Errorf("%s has no model", in.Name)
		}
	}
}

// TestModels compares on random strings with some locality.
func TestModels(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for i := range 400 {
		do := task{n: 1 + i%9}
		pages := 2 + rng.IntN(14)
		for j := range 20 + rng.IntN(120) {
			page := uint64(rng.IntN(pages))
			if j > 2 && rng.IntN(3) == 0 {
				page = do.refs[j-1-rng.IntN(2)]
			}
			do.refs, do.writes = append(do.refs, page), append(do.writes, rng.IntN(3) == 0)
		}
		checkModels(t, do)
	}
}

// FuzzModels compares policies with the models.
func FuzzModels(f *testing.F) {
	f.Add([]byte{3, 1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5})
	f.Add([]byte{1, 0, 0, 1, 1, 0})
	f.Add([]byte{4, 4, 5, 3, 1, 0, 5, 2, 4, 5, 9, 200, 4, 4, 7})
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) < 2 || len(in) > 400 {
			return
		}
		do := task{n: 1 + int(in[0]%12)}
		for _, b := range in[1:] {
			do.refs, do.writes = append(do.refs, uint64(b%24)), append(do.writes, b >= 128)
		}
		checkModels(t, do)
	})
}

// FuzzInvariants runs every policy on any string: nothing is lost, nothing invented, the optimum not beaten.
func FuzzInvariants(f *testing.F) {
	f.Add([]byte{3, 1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5})
	f.Add([]byte{7, 200, 31, 3, 9, 200, 14, 4, 31, 5, 1, 2, 3, 4, 5})
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) < 2 || len(in) > 400 {
			return
		}
		refs, writes := []uint64{}, []bool{}
		for _, b := range in[1:] {
			refs, writes = append(refs, uint64(b%32)), append(writes, b >= 128)
		}
		checkProperties(t, 2+int(in[0]%8), refs, writes)
	})
}
