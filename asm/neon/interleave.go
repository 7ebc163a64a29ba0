package neon

import "slices"

// Interleave emits independent pieces of straight code so that their instructions take turns: each waits for
// the one before it in its piece, and there are others to run meanwhile. No piece gets a register that
// another one had, not even after its Scope.
func (f *Function) Interleave(n int, piece func(i int)) {
	before := f.lines
	pieces := make([]listing, n)
	f.shared++
	for i := range pieces {
		f.lines = nil
		piece(i)
		pieces[i] = f.lines
	}
	f.shared--

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
