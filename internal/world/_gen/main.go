package main

import (
	"fmt"
	"os"
	"time"

	"almanac/internal/world"
)

func main() {
	t := time.Now()
	w := world.Demo(1)
	if len(os.Args) > 2 {
		w = world.Mini(1)
	}
	fmt.Println(w.Write(os.Args[1]), time.Since(t))
}
