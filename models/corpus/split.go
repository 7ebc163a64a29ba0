package corpus

import (
	"encoding/binary"
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// ending is how a splitter came to stop.
type ending int

const (
	tokenEnd ending = iota // at the end of a word or of the white space between words
	lineEnd                // after a line end, or the last byte of the source
	chunkEnd               // the line goes on, but the chunk has all the tokens it may have
	needMore               // the buffer ends inside a token, or before it is known whether one follows
	badUTF8                // before bytes that are not UTF-8
)

// class sorts bytes for the splitter's inner loops, which look at every byte once.
var class = func() (c [256]byteClass) {
	for b := utf8.RuneSelf; b < 256; b++ {
		c[b] = highByte
	}
	for _, b := range " \t\v\f\r" {
		c[b] = spaceByte
	}
	c['\n'] = newline
	return c
}()

type byteClass uint8

const (
	wordByte byteClass = iota
	spaceByte
	newline
	highByte // first or later byte of a code point outside ASCII
)

// words appends the words of the line at buf[pos:end] to the tokens and returns where it stopped: all before it is
// split, or white space.
func (s *Scanner) words() (at int, how ending) {
	buf, i := s.buf[:s.end], s.pos
	for {
		i, how = skipSpace(buf, i, s.eof)
		switch {
		case how != tokenEnd:
			return i, how
		case i == len(buf):
			return i, lineEnd
		case buf[i] == '\n':
			return i + 1, lineEnd
		case len(s.tokens) == MaxLineTokens:
			return i, chunkEnd
		}
		start := i
		if i = s.plainWords(buf, i); i > start {
			continue
		}
		i, how = skipWord(buf, i, s.eof)
		switch how {
		case needMore:
			return start, needMore
		case badUTF8:
			return i, badUTF8
		}
		s.tokens = append(s.tokens, s.fold(buf[start:i]))
	}
}

// plainWords appends the words from i on that are of ASCII and have a space or a newline behind them, as most are, and returns where
// it stopped: behind one of them, or before another word.
func (s *Scanner) plainWords(buf []byte, i int) int {
	for i+64 <= len(buf) && len(s.tokens)+32 <= MaxLineTokens {
		word, space := plainBytes((*[64]byte)(buf[i:]))
		known := bits.TrailingZeros64(^(word | space))
		space &= 1<<known - 1
		if known < 64 && buf[i+known] == '\n' {
			space |= 1 << known
		}
		starts, ends := word&^(word<<1), space&(word<<1)
		for ; ends != 0; ends &= ends - 1 {
			start, end := bits.TrailingZeros64(starts), bits.TrailingZeros64(ends)
			s.tokens = append(s.tokens, s.fold(buf[i+start:i+end]))
			starts &= starts - 1
		}
		next := min(known, bits.TrailingZeros64(starts))
		i += next
		if next == 0 || known < 64 {
			break
		}
	}
	return i
}

// skipSpace returns the index of the first byte from i on that is no white space inside a line, or len(buf) at the
// source's end. The code points of white space are Unicode's (unicode.IsSpace).
func skipSpace(buf []byte, i int, eof bool) (int, ending) {
	for i < len(buf) {
		switch class[buf[i]] {
		case spaceByte:
			i++
			continue
		case highByte:
			if !eof && !utf8.FullRune(buf[i:]) {
				return i, needMore
			}
			if r, size := utf8.DecodeRune(buf[i:]); unicode.IsSpace(r) {
				i += size
				continue
			}
		}
		return i, tokenEnd
	}
	if eof {
		return i, tokenEnd
	}
	return i, needMore
}

// skipWord returns the index of the first byte from i on that doesn't belong to the word at i.
func skipWord(buf []byte, i int, eof bool) (int, ending) {
	for i < len(buf) {
		switch class[buf[i]] {
		case wordByte:
			i++
		case highByte:
			if !eof && !utf8.FullRune(buf[i:]) {
				return i, needMore
			}
			r, size := utf8.DecodeRune(buf[i:])
			if r == utf8.RuneError && size == 1 {
				return i, badUTF8
			}
			if unicode.IsSpace(r) {
				return i, tokenEnd
			}
			i += size
		default:
			return i, tokenEnd
		}
	}
	if eof {
		return i, tokenEnd
	}
	return i, needMore
}

// plainBytes returns a bit for each byte, the lowest for the first: whether it is ASCII above the space, as those of words mostly are, and
// whether it is a space. All are looked at together, as where words end no CPU foresees.
func plainBytes(b *[64]byte) (word, space uint64) {
	const (
		ones = 0x0101010101010101
		high = 0x80 * ones
	)
	for i := 0; i < len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i : i+8])
		notASCII := x | ^uint64(high)
		least21 := ((x | high) - 0x21*ones) &^ notASCII
		least20 := ((x | high) - 0x20*ones) &^ notASCII
		word |= topBits(least21) << i
		space |= topBits(least20&^least21) << i
	}
	return word, space
}

// topBits returns the highest bits of eight bytes, of which all others are 0.
func topBits(x uint64) uint64 { return x >> 7 * 0x0102040810204080 >> 56 }

// chars appends the code points of the line at buf[pos:end] to the tokens and returns where it stopped. The "\r" of a
// "\r\n" belongs to the line end.
func (s *Scanner) chars() (at int, how ending) {
	buf, i := s.buf[:s.end], s.pos
	for i < len(buf) {
		switch {
		case buf[i] == '\n':
			return i + 1, lineEnd
		case buf[i] == '\r' && i+1 == len(buf) && !s.eof:
			return i, needMore
		case buf[i] == '\r' && i+1 < len(buf) && buf[i+1] == '\n':
			return i + 2, lineEnd
		case len(s.tokens) == MaxLineTokens:
			return i, chunkEnd
		case !s.eof && !utf8.FullRune(buf[i:]):
			return i, needMore
		}
		r, size := utf8.DecodeRune(buf[i:])
		if r == utf8.RuneError && size == 1 {
			return i, badUTF8
		}
		s.tokens = append(s.tokens, s.fold(buf[i:i+size:i+size]))
		i += size
	}
	if s.eof {
		return i, lineEnd
	}
	return i, needMore
}

// fold lower-cases the token if the options ask for it: in place within ASCII, else aside, since the lower-case form
// may be longer.
func (s *Scanner) fold(token []byte) []byte {
	if !s.text.options.Lowercase {
		return token
	}
	for i, b := range token {
		if b >= utf8.RuneSelf {
			return s.foldAside(token)
		}
		if 'A' <= b && b <= 'Z' {
			token[i] = b + 'a' - 'A'
		}
	}
	return token
}

func (s *Scanner) foldAside(token []byte) []byte {
	start := len(s.lower)
	for i := 0; i < len(token); {
		r, size := utf8.DecodeRune(token[i:])
		s.lower = utf8.AppendRune(s.lower, unicode.ToLower(r))
		i += size
	}
	// When the append above moves to a larger array, earlier tokens keep the old one: both stay readable.
	return s.lower[start:len(s.lower):len(s.lower)]
}
