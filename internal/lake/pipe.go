package lake

// pipe carries chunks from the goroutine that merges to one that encodes:
// the large file of a single date then uses two cores. The chunks and their
// order stay the same, and with them the bytes.
type pipe[T any] struct {
	chunks chan chunk[T]
	free   chan []T
	done   chan struct{}
	err    error // readable once done is closed
}

// pipeDepth bounds the chunks in flight.
const pipeDepth = 3

// startPipe moves the writing of w to a goroutine of its own.
func startPipe[T any](w *tableWriter[T]) {
	p := &pipe[T]{
		chunks: make(chan chunk[T], pipeDepth),
		free:   make(chan []T, pipeDepth+1),
		done:   make(chan struct{}),
	}
	w.pipe = p
	go func() {
		defer close(p.done)
		for c := range p.chunks {
			if p.err = w.write(c); p.err != nil {
				return
			}
			clear(c.rows)
			select {
			case p.free <- c.rows[:0]:
			default:
			}
		}
	}()
}

func (p *pipe[T]) fresh() []T {
	select {
	case rows := <-p.free:
		return rows
	default:
		return make([]T, 0, chunkRows)
	}
}

// send passes a chunk on, or reports why the writer has stopped.
func (p *pipe[T]) send(c chunk[T]) error {
	select {
	case p.chunks <- c:
		return nil
	case <-p.done:
		return p.err
	}
}

// wait ends the writer and reports its error.
func (p *pipe[T]) wait() error {
	close(p.chunks)
	<-p.done
	return p.err
}
