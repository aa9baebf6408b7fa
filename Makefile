# make demo    build, invent eight weeks of a shop, run the night, print the page
# make test    gofmt, vet, all tests (the floors test among them)
# make score   figures of the detectors on invented and real data
# make bench   timings; make bench-peers: beside other miners; make torture, make fuzz: the long ones
SHELL := /bin/bash
GO    ?= go
BIN   := bin/almanac
DEMO  ?= demo
SEED  ?= 1

.PHONY: build demo test check vet fmt score bench bench-peers torture fuzz clean

build:
	$(GO) build -trimpath -o $(BIN) ./cmd/almanac

demo: build
	rm -rf $(DEMO)
	$(BIN) demo --seed $(SEED) $(DEMO)
	$(BIN) nightly --config $(DEMO)/almanac.yaml

test: check

check: fmt vet
	$(GO) test -timeout 20m ./...

fmt:
	@bad=$$(gofmt -l cmd internal queries reports schemas); \
	if [ -n "$$bad" ]; then echo "not gofmt-ed: $$bad"; exit 1; fi

vet:
	$(GO) vet ./...

score:
	ALMANAC_LONG=1 $(GO) test -timeout 60m -count=1 -v -run 'Score' ./internal/signature ./internal/door/assign ./internal/finding ./internal/stat ./internal/nightly

bench:
	ALMANAC_BENCH=1 $(GO) test -timeout 20m -count=1 -v -run '^(TestBench|TestRedactionCost)$$' ./internal/nightly
	$(GO) test -run '^$$' -bench . -benchmem ./internal/signature ./internal/intake ./internal/lake ./internal/finding

bench-peers:
	ALMANAC_BENCH_PEERS=1 $(GO) test -timeout 20m -count=1 -v -run '^TestBenchPeers$$' ./internal/nightly

torture:
	ALMANAC_TORTURE=1 ALMANAC_LONG=1 $(GO) test -timeout 60m -count=1 ./internal/lake ./internal/nightly ./internal/finding ./internal/stat

# Every format for FUZZTIME each (FORMAT=name: one), then the rules of
# redaction. The corpus is kept in Go's cache; what fails is written below
# internal/intake/testdata/fuzz.
FORMATS ?= $(notdir $(wildcard testdata/formats/*))
fuzz:
	@bad=; for f in $${FORMAT:-$(FORMATS)}; do \
		echo "== $$f"; \
		FORMAT=$$f $(GO) test -run '^$$' -fuzz '^FuzzFormat$$' -fuzztime $${FUZZTIME:-10m} -fuzzminimizetime 20x ./internal/intake || bad="$$bad $$f"; \
	done; [ -z "$$bad" ] || { echo "failed:$$bad"; exit 1; }
	$(GO) test -run '^$$' -fuzz '^FuzzRedact$$' -fuzztime $${FUZZTIME:-10m} ./internal/redact
	ALMANAC_LONG=1 $(GO) test -timeout 60m -count=1 -run '^TestMutatedSamples$$' ./internal/intake

clean:
	rm -rf bin $(DEMO)
