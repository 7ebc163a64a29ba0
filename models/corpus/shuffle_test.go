package corpus

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestShuffle(t *testing.T) {
	for _, opts := range []Options{{}, {EOS: true}, {Units: Chars, EOS: true}} {
		text := generator(t, nil).Text(1, 3000, opts)
		before := lines(t, text)
		shuffled, err := Shuffle(text, 7)
		require.NoError(t, err)
		after := lines(t, shuffled)
		require.Len(t, after, len(before))
		require.NotEqual(t, before, after)
		tokens := func(lines []string) (all []string) {
			for _, line := range lines {
				all = append(all, strings.Split(line, "|")...)
			}
			slices.Sort(all)
			return all
		}
		require.Equal(t, tokens(before), tokens(after), "the same tokens")
		if opts.Units == Words {
			for i := range before {
				require.Equal(t, strings.Count(before[i], "|"), strings.Count(after[i], "|"), "the same lengths")
			}
		}
		require.Equal(t, after, lines(t, shuffled), "a second reading")
		again, err := Shuffle(text, 7)
		require.NoError(t, err)
		require.Equal(t, after, lines(t, again))
		other, err := Shuffle(text, 8)
		require.NoError(t, err)
		require.NotEqual(t, after, lines(t, other), "another seed")
	}
	ctx, cancel := context.WithCancel(t.Context())
	shuffled, err := Shuffle(FromString(Options{}, "text", "a b c\n").WithContext(ctx), 1)
	require.NoError(t, err)
	cancel()
	_, err = scanAll(shuffled)
	require.ErrorIs(t, err, context.Canceled)
	_, err = Shuffle(FromString(Options{}, "text", "\xff"), 1)
	require.ErrorContains(t, err, "is not UTF-8")
}

func TestShuffleKeepsLines(t *testing.T) {
	text := FromString(Options{EOS: true}, "text", "a b c\n\n\n<eos> "+strings.Repeat("w ", MaxLineTokens+5)+"\n\nd")
	shuffled, err := Shuffle(text, 3)
	require.NoError(t, err)
	lengths := func(text *Text) (all []int) {
		s := text.Scan()
		defer s.Close()
		length := 0
		for s.Next() {
			length += len(s.Tokens())
			if s.EndsLine() {
				all, length = append(all, length), 0
			}
		}
		require.NoError(t, s.Err())
		return all
	}
	require.Equal(t, []int{4, 1, 1, MaxLineTokens + 7, 1, 2}, lengths(text))
	require.Equal(t, lengths(text), lengths(shuffled))
}
