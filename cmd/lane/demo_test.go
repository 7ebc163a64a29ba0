package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/lane-go/lane"
	"github.com/stretchr/testify/require"
)

var tinyDemo = demoSize{tokens: 40_000, heldOut: 2_000, dim: 16, hidden: 24, epochs: 1}

// TestSmallDemo holds a demo of a third of the size to what the full one
// promises, with wider margins.
func TestSmallDemo(t *testing.T) {
	size := demoSize{tokens: 120_000, heldOut: 8_000, dim: 48, hidden: 96, epochs: 3}
	if testing.Short() {
		size = tinyDemo
	}
	var out bytes.Buffer
	d := demo{demoSize: size, ctx: context.Background(), out: &out, watch: io.Discard, quiet: true}
	require.NoError(t, d.run())

	r := d.result
	t.Logf("%+v", r)
	require.Less(t, r.Control, 0.05, "shuffled words hold no analogies")
	require.Greater(t, r.Analogies, 5*r.Control)
	require.Greater(t, r.Perplexity, r.Floor, "no model beats the floor")
	require.Less(t, r.Perplexity, r.Unigram)
	require.Greater(t, r.Trigram, 1.3*r.Floor)
	require.Greater(t, r.Unigram, 10*r.Trigram)
	require.Positive(t, r.Seconds)
	if !testing.Short() {
		require.Greater(t, r.Analogies, 0.4)
		require.Less(t, r.Perplexity, r.Trigram, "it sees what a trigram can't")
	}
	require.Contains(t, out.String(), "exact floor")
	require.Contains(t, out.String(), "country-capital")

	text, err := json.Marshal(r)
	require.NoError(t, err)
	var keys map[string]float64
	require.NoError(t, json.Unmarshal(text, &keys))
	for _, key := range []string{"analogies", "control", "perplexity", "floor", "unigram", "trigram", "seconds"} {
		require.Contains(t, keys, key)
	}
}

// All that a demo says but its last line, its duration, is the same for any number of threads, the picture included.
func TestDemoPrintsTheSameOnAnyThreads(t *testing.T) {
	defer lane.SetThreads(0)
	print := func(threads int) string {
		lane.SetThreads(threads)
		var out bytes.Buffer
		d := demo{demoSize: tinyDemo, ctx: t.Context(), out: &out, watch: io.Discard, quiet: true}
		require.NoError(t, d.run())
		text, _, found := strings.Cut(out.String(), " s on ")
		require.True(t, found)
		return text[:strings.LastIndex(text, "\n")]
	}
	one := print(1)
	require.Contains(t, one, "perplexity while learning")
	require.Equal(t, one, print(3))
}

func TestDemoStopsWhenInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	d := demo{demoSize: fullDemo, ctx: ctx, out: io.Discard, watch: io.Discard, quiet: true}
	require.ErrorIs(t, d.run(), context.Canceled)
}
