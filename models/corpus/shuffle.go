package corpus

import (
	"io"
	"math/rand/v2"
	"strings"
)

// Shuffle is the text with its tokens in random order and its lines as long as before, line ends in place: what
// tells how much of a result the words' order accounts for. It reads the whole text into memory. The same seed gives
// the same order. Of characters, a carriage return may come to stand before a line's end, and is then part of it.
func Shuffle(text *Text, seed uint64) (*Text, error) {
	opts := text.options
	ended := opts
	ended.EOS = true // so that empty lines come too
	s := text.With(ended).Scan()
	defer s.Close()
	var tokens []string
	var lengths []int
	length := 0                  // of the line so far
	words := map[string]string{} // one copy of each word
	for s.Next() {
		chunk := s.Tokens()
		if s.EndsLine() {
			chunk = chunk[:len(chunk)-1]
		}
		for _, token := range chunk {
			word, ok := words[string(token)]
			if !ok {
				word = string(token)
				words[word] = word
			}
			tokens = append(tokens, word)
		}
		length += len(chunk)
		if s.EndsLine() {
			lengths, length = append(lengths, length), 0
		}
	}
	if s.Err() != nil {
		return nil, s.Err()
	}
	rng := rand.New(rand.NewPCG(seed, 0x73687566666c65))
	rng.Shuffle(len(tokens), func(i, j int) { tokens[i], tokens[j] = tokens[j], tokens[i] })
	open := func() (io.ReadCloser, error) {
		return io.NopCloser(&shuffled{units: opts.Units, tokens: tokens, lengths: lengths}), nil
	}
	return &Text{options: opts, ctx: text.ctx, sources: []*source{{name: text.Name() + ", shuffled", open: open}}}, nil
}

// shuffled is the shuffled text being read.
type shuffled struct {
	units   Units
	tokens  []string
	lengths []int
	pending string
}

func (s *shuffled) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if s.pending == "" {
			if len(s.lengths) == 0 {
				return n, io.EOF
			}
			between := " "
			if s.units == Chars {
				between = ""
			}
			s.pending = strings.Join(s.tokens[:s.lengths[0]], between) + "\n"
			s.tokens, s.lengths = s.tokens[s.lengths[0]:], s.lengths[1:]
		}
		copied := copy(p[n:], s.pending)
		s.pending = s.pending[copied:]
		n += copied
	}
	return n, nil
}
