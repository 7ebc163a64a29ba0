package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/lane-go/lane/models/wordvec"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

const exploreHelp = `  WORD...                  the words nearest to these together
  king - man + woman       nearest to sums and differences
  man : king :: woman      man is to king as woman is to which word?
  :odd WORD...             the word that doesn't go with the others
  :distance A B            the cosine distance of two words
  :rank A B                the place of B among the neighbours of A
  :n 20                    name so many words
  :top 30000               name only some of so many most frequent words, 0 for any
  :cosmul, :cosadd         multiply similarities, or add vectors, the default
  :help, :quit`

func newExplore() *cobra.Command {
	var q query
	c := &cobra.Command{
		Use:   "explore VECTORS",
		Short: "Ask vectors one thing after the other, at a prompt or from a pipe",
		Long: `Ask vectors one thing after the other, at a prompt or from a pipe, a line a question:

` + exploreHelp + `

At a terminal the tab key completes words, and arrow keys bring earlier lines back. From a pipe there is no prompt;
lines without an answer are told on standard error, with --json as {"error": …} among the answers, and make the exit code 1.`,
		Example: "  lane word2vec explore vectors.bin\n  cat words.txt | lane word2vec explore vectors.bin --json",
		Args:    arguments(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if args[0] == "-" {
				return usagef("explore: standard input gives the questions: name a file of vectors")
			}
			if q.N < 1 || q.Top < 0 {
				return usagef("-n %d --top %d: want -n of at least 1 and --top of 0 (all) or more", q.N, q.Top)
			}
			v, err := q.vectors.load(c, args[0])
			if err != nil {
				return err
			}
			defer v.Close()
			x := explorer{c: c, v: v, Query: q.Query, asJSON: q.asJSON}
			if term.IsTerminal(int(os.Stdin.Fd())) {
				return x.converse(newPrompt(v))
			}
			return x.read(os.Stdin)
		},
	}
	q.flags(c)
	return c
}

// An explorer answers lines.
type explorer struct {
	wordvec.Query // what is set for all questions
	c             *cobra.Command
	v             *wordvec.Vectors
	asJSON        bool
}

var errQuit = errors.New("quit")

// converse answers what is typed, until there is no more.
func (x *explorer) converse(p *prompt) error {
	fmt.Fprintf(x.c.ErrOrStderr(), "%d words of %d dimensions; :help for help\n", x.v.Len(), x.v.Dim())
	for {
		line, err := p.line(x.c.Context())
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch err := x.answer(line); {
		case err == errQuit:
			return nil
		case err != nil:
			fmt.Fprintln(x.c.ErrOrStderr(), err)
		}
	}
}

// read answers every line of a pipe or a file, and fails at the end if some have no answer.
func (x *explorer) read(r io.Reader) error {
	lines := scanLines(x.c.Context(), r)
	failed, number := 0, 0
	for {
		var l inputLine
		more := false
		select {
		case l, more = <-lines:
		case <-x.c.Context().Done():
			return x.c.Context().Err()
		}
		if !more {
			break
		}
		number++
		if l.err != nil && l.err != errLongLine {
			return fmt.Errorf("explore: after line %d: %w", number-1, l.err)
		}
		err := l.err
		if err == nil {
			err = x.answer(l.text)
		}
		if err == errQuit {
			break
		}
		if err == nil {
			continue
		}
		failed++
		if !x.asJSON {
			fmt.Fprintf(x.c.ErrOrStderr(), "line %d: %v\n", number, err)
		} else if err := printJSON(x.c, map[string]string{"error": err.Error()}); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("explore: %d of %d lines have no answer", failed, number)
	}
	return nil
}

// answer prints the answer to a line.
func (x *explorer) answer(line string) error {
	words := strings.Fields(line)
	if len(words) == 0 {
		return nil
	}
	if strings.HasPrefix(words[0], ":") {
		if command, known := exploreCommands[words[0]]; known {
			if len(words)-1 < command.least || command.most >= 0 && len(words)-1 > command.most {
				return fmt.Errorf("%s wants %s; :help for help", words[0], command.wants)
			}
			return command.do(x, words[1:])
		}
		if _, known := x.v.ID(words[0]); !known {
			return fmt.Errorf("unknown command %s; :help for help", words[0])
		}
	}
	q := x.Query
	if err := x.parse(&q, words); err != nil {
		return err
	}
	answers, err := x.v.Ask(q)
	if err != nil {
		return err
	}
	return printMatches(x.c, answers[0], x.asJSON)
}

// parse reads an analogy, or words with signs between or before them.
func (x *explorer) parse(q *wordvec.Query, words []string) error {
	if len(words) == 5 && words[1] == ":" && words[3] == "::" {
		q.Positive, q.Negative = []string{words[2], words[4]}, []string{words[0]}
		return nil
	}
	minus, signed := false, false
	for i, word := range words {
		if (word == "+" || word == "-") && !signed && len(words) > 1 {
			if i == len(words)-1 {
				return fmt.Errorf("no word follows the last %s", word)
			}
			minus, signed = word == "-", true
			continue
		}
		if _, known := x.v.ID(word); !known && !signed && len(word) > 1 && (word[0] == '-' || word[0] == '+') {
			minus, word = word[0] == '-', word[1:]
		}
		if minus {
			q.Negative = append(q.Negative, word)
		} else {
			q.Positive = append(q.Positive, word)
		}
		minus, signed = false, false
	}
	return nil
}

type exploreCommand struct {
	least, most int // words that follow; most −1: any number
	wants       string
	do          func(x *explorer, words []string) error
}

var exploreCommands = map[string]exploreCommand{
	":odd":      {3, -1, "three words or more", comparing(findOdd)},
	":distance": {2, 2, "two words", comparing(measureDistance)},
	":rank":     {2, 2, "two words", comparing(findRank)},
	":n":        {1, 1, "a number", setting("1 or more", 1, func(x *explorer) *int { return &x.N })},
	":top":      {1, 1, "a number", setting("0 or more", 0, func(x *explorer) *int { return &x.Top })},
	":cosmul":   {0, 0, "nothing after it", func(x *explorer, _ []string) error { x.Multiply = true; return nil }},
	":cosadd":   {0, 0, "nothing after it", func(x *explorer, _ []string) error { x.Multiply = false; return nil }},
	":help": {0, 0, "nothing after it", func(x *explorer, _ []string) error {
		_, err := fmt.Fprintln(x.c.ErrOrStderr(), exploreHelp)
		return err
	}},
	":quit": {0, 0, "nothing after it", func(*explorer, []string) error { return errQuit }},
}

func comparing(how compare) func(*explorer, []string) error {
	return func(x *explorer, words []string) error {
		result, err := how(x.v, words)
		if err != nil {
			return err
		}
		return printComparison(x.c, result, x.asJSON)
	}
}

func setting(legal string, least int, place func(*explorer) *int) func(*explorer, []string) error {
	return func(x *explorer, words []string) error {
		n, err := strconv.Atoi(words[0])
		if err != nil || n < least {
			return fmt.Errorf("%q: want %s", words[0], legal)
		}
		*place(x) = n
		return nil
	}
}
