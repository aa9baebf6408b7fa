package stat

// Isotonic is the non-decreasing sequence nearest to y in weighted least
// squares: pool adjacent violators (Ayer et al. 1955). w may be nil (all 1);
// weights that are not positive count as a very small one.
func Isotonic(y, w []float64) []float64 {
	type block struct {
		mean, weight float64
		n            int
	}
	blocks := make([]block, 0, len(y))
	for i, v := range y {
		b := block{v, 1, 1}
		if i < len(w) {
			b.weight = w[i]
			if !(b.weight > 0) {
				b.weight = 1e-12
			}
		}
		for len(blocks) > 0 && blocks[len(blocks)-1].mean > b.mean {
			a := blocks[len(blocks)-1]
			blocks = blocks[:len(blocks)-1]
			s := a.weight + b.weight
			b = block{(a.mean*a.weight + b.mean*b.weight) / s, s, a.n + b.n}
		}
		blocks = append(blocks, b)
	}
	out := make([]float64, 0, len(y))
	for _, b := range blocks {
		for range b.n {
			out = append(out, b.mean)
		}
	}
	return out
}
