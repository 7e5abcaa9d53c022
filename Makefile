# make help says what there is. Everything is a plain command of Go's; nothing here is needed to work on the code.

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
# More words for the program (make run ARGS=--fresh) and for go test (make test FLAGS=-count=1).
ARGS  ?=
FLAGS ?=

# Where several goroutines share what they know of different tenants.
SHARED := ./internal/tenantdb ./internal/keys ./internal/live ./internal/signin/... ./internal/web
# Tests that hold somebody to a time are named so, and have the machine for themselves.
MEASURED := ^TestMeasured
# Guards and goldens that answer without a database or a browser.
QUICK  := ./internal/access ./internal/arch ./internal/i18n ./views/...

.DEFAULT_GOAL := help
.PHONY: help run test attack fuzz dex race check form lint gosec build sbom vuln generate goldens bench soak drill bite assets browser postgres compiler

help: ## Say what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Ctrl-C is how it is meant to end: exit status 1 is then go's word for having been interrupted, and no failure.
run: ## Run everything on this machine, with two invented cantons (ARGS=--fresh begins anew)
	@ended=; trap 'ended=yes' INT; go run ./cmd/passerelle demo $(ARGS) || test -n "$$ended"

test: browser postgres ## Run every test: rules, real Postgres, a real browser; last and alone, what measures time
	go test -timeout 40m -skip '$(MEASURED)' $(FLAGS) ./...
	go test -p 1 -run '$(MEASURED)' $(FLAGS) $$(grep -rl --include='*_test.go' 'func TestMeasured' . | xargs -n1 dirname | sort -u)
	$(MAKE) dex

# What docs/security.md names in its table of attacks; internal/arch holds it to name them all.
ATTACKS = $(shell sed -n '/^\#\# Which attack/,/^\#\# What lies/p' docs/security.md | grep '^|' | grep -o 'Test[A-Z][A-Za-z0-9]*' | sort -u | paste -sd'|' -)
attack: browser postgres ## Run the tests that attack Passerelle, by the numbers of docs/security.md
	@homes=$$(grep -rlE --include='*_test.go' '^func ($(ATTACKS))\(' cmd internal static test/build | xargs -n1 dirname | sort -u | sed 's|^|./|'); \
	go test -timeout 40m -run '^($(ATTACKS))$$' -skip '$(MEASURED)' $(FLAGS) $$homes && \
	go test -p 1 -run '$(MEASURED)' $(FLAGS) $$(grep -rlE --include='*_test.go' 'func TestMeasured' internal | xargs -n1 dirname | sort -u | sed 's|^|./|')

# What is found is written into testdata/fuzz of the package, and is tried by every go test from then on.
FUZZTIME ?= 30s
fuzz: ## Send whatever comes to mind to each reader of ours, for so long each (FUZZTIME=10m)
	@for dir in $$(grep -rlE --include='*_test.go' '^func Fuzz' internal | xargs -n1 dirname | sort -u); do \
		for target in $$(go test -list '^Fuzz' ./$$dir | grep '^Fuzz'); do \
			echo "$$dir $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s ./$$dir || exit 1; \
		done; \
	done

# Dex is a module of its own: what it brings along is none of the program's. The first time it takes some three minutes to compile.
dex: postgres ## Sign people in through Dex, a real provider (part of make test; three minutes the first time)
	cd test/dex && go test -timeout 20m $(FLAGS) .

race: compiler postgres ## Run what is shared between requests under the race detector
	CGO_ENABLED=1 go test -race -timeout 20m $(FLAGS) $(SHARED)

check: form lint ## Check form, generated files, goldens and dependencies; changes nothing
	go test $(QUICK)

form:
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "Not formatted by gofmt:"; echo "$$unformatted"; exit 1; }
	go tool templ generate -check -log-level warn
	go mod verify
	go mod tidy -diff
	cd test/dex && go mod tidy -diff

lint:
	go vet ./...
	go tool staticcheck ./...

# What looks at the code and at what it is made of, and is none of it.
GOSEC       := github.com/securego/gosec/v2/cmd/gosec@v2.30.0
CYCLONEDX   := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0

# Left out is what has no meaning in a program whose commands, folders and files are those of whoever runs it (G204, G301, G304), and
# errors of closing what failed already (G104).
gosec: ## Look for what is often wrong with the security of Go programs
	go run $(GOSEC) -quiet -exclude-generated -exclude-dir=test -exclude=G104,G204,G301,G304 ./...

# The same sources make the same bytes, wherever they lie: TestT60 builds them twice.
build: ## Build the static binary bin/passerelle
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags="-s -w -buildid= -X main.version=$(VERSION)" -o bin/passerelle ./cmd/passerelle

# What the binary says of itself has to stand in the list, module by module.
SBOM = bin/passerelle.cdx.json
sbom: build ## List what the binary is made of, as CycloneDX, in bin/passerelle.cdx.json
	@go run $(CYCLONEDX) app -json -std -noserial -main cmd/passerelle -output $(SBOM) .
	@go version -m bin/passerelle | awk '$$1 == "dep" {print "pkg:golang/" $$2 "@" $$3}' | sed 's/+/%2B/g' | while read -r part; do \
		grep -qF "\"$$part?" $(SBOM) || { echo "$$part is in the binary, and not in $(SBOM)"; exit 1; }; \
	done
	@echo "$(SBOM): $$(grep -c '"purl"' $(SBOM)) parts"

vuln: ## Ask the database of Go's known flaws for what concerns us, where it can be reached
	@said=$$(go run $(GOVULNCHECK) ./... 2>&1) && echo "$$said" || { echo "$$said"; case "$$said" in \
		*"fetching vulnerabilities"*) echo "The database of known flaws cannot be reached from here: nothing was looked for.";; *) exit 1;; esac; }

generate: ## Write the Go code of the views anew
	go tool templ generate -log-level warn

goldens: ## Write every golden file anew; read the difference before you commit it
	go test $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -n1 dirname | sort -u) -update

bench: ## Measure whole pages against the raw database (ARGS="--dossiers 20000")
	go run ./cmd/passerelle bench $(ARGS)

soak: ## Have a server of invented data answer for an hour, and see that it bears it (ARGS="--lasting 10m")
	go run ./cmd/passerelle soak $(ARGS)

drill: ## Rehearse a restore with invented people, and print how long it takes (ARGS="FOLDER --identity FILE" for real backups)
	go run ./cmd/passerelle drill $(ARGS)

bite: postgres ## Take away each thing that keeps a dossier safe, and see a test fail (ARGS="-only grant")
	go run ./internal/bite $(ARGS)

assets: ## Fetch and compile the vendored styles and scripts anew; only for an upgrade
	static/sass/build.sh

browser:
	@test -n "$(CHROMIUM)" || .ci/need chromium chromium chromium-browser google-chrome

compiler:
	@.ci/need 'gcc libc6-dev' "$$(go env CC)"

# One package alone first: where there is no Postgres, the first test fetches it, and two at once would be in each
# other's way.
postgres:
	@go test ./migrations
	@go test -run TestToolsAreAskedFor ./internal/localpg
