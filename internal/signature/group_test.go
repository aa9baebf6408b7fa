package signature

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// readBlocks reads a file of statements: messages with the number of their
// block.
func readBlocks(t testing.TB, file string) (messages []string, block []string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, l := range strings.Split(string(b), "\n") {
		switch {
		case l == "":
			n++
		case strings.HasPrefix(l, "#"):
		default:
			messages = append(messages, l)
			block = append(block, fmt.Sprint(n))
		}
	}
	return messages, block
}

func TestStatements(t *testing.T) {
	messages, block := readBlocks(t, "testdata/statements.txt")
	got := assign(messages, DefaultRules())
	first := map[string]int{} // block -> its first message
	owner := map[string]int{} // template -> the first message that has it
	for i, tpl := range got {
		if f, ok := first[block[i]]; !ok {
			first[block[i]] = i
		} else if got[f] != tpl {
			t.Errorf("split:\n  %s\n  %s\ninto\n  %s\n  %s", messages[f], messages[i], got[f], tpl)
		}
		if o, ok := owner[tpl]; !ok {
			owner[tpl] = i
		} else if block[o] != block[i] {
			t.Errorf("merged:\n  %s\n  %s\ninto %s", messages[o], messages[i], tpl)
		}
	}
}
