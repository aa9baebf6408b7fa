package intake

// headMemo keeps what several formats ask of one head.
type headMemo struct {
	json *jsonHead
}

type jsonHead struct{}
