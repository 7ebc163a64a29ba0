package corpus

// Encode reads the whole text as ids, for a language model: 4 bytes of memory a token. A token that the vocabulary
// doesn't hold becomes the id of [Unknown] where the vocabulary has that, and is left out otherwise; oov counts such
// tokens either way.
func Encode(text *Text, v *Vocab) (ids []int32, oov int64, err error) {
	unknown, hasUnknown := v.ID(Unknown)
	s := text.Scan()
	defer s.Close()
	for s.Next() {
		for _, token := range s.Tokens() {
			id, ok := v.IDBytes(token)
			if !ok {
				oov++
				if !hasUnknown {
					continue
				}
				id = unknown
			}
			ids = append(ids, id)
		}
	}
	return ids, oov, s.Err()
}
