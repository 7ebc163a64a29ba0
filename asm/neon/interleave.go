package neon

import "slices"

// Interleave emits independent pieces of straight code so that their instructions take turns: each waits for
// the one before it in its piece, and there are others to run meanwhile. No piece gets a register that
// another one had, not even after a Scope of that.
func (f *Function) Interleave(n int, piece func(i int)) {
	before := f.lines
	pieces := make([]listing, n)
	for i := range pieces {
		f.lines = nil
		f.apart(func() { piece(i) })
		pieces[i] = f.lines
	}

	f.lines = before
	longest := slices.MaxFunc(pieces, func(a, b listing) int { return len(a) - len(b) })
	for at := range longest {
		for _, p := range pieces {
			if at < len(p) {
				f.lines = append(f.lines, p[at])
			}
		}
	}
}
