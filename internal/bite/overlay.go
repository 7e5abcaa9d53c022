package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"strconv"
)

// instrument writes, into a folder beside the working copy, the files that go test -overlay puts in the place of others:
// with all the places in them from which something can be taken away while the tests run. It answers with the path of the list.
func instrument(root, folder string, sources []source, entries []site) (string, error) {
	edits := map[string][]edit{}
	for _, e := range entries {
		edits[e.source.path] = append(edits[e.source.path], around(e.source, e.callee, alias+".Call("+strconv.Quote("entry "+e.name)+", ", ")")...)
	}
	sealers := 0
	for _, s := range sources {
		for _, sealer := range sealersOf(s) {
			edits[s.path] = append(edits[s.path], around(s, sealer, alias+".Sealing(", ")")...)
			sealers++
		}
	}
	// Sealing and opening, in a box and where keys are changed.
	if sealers < 4 {
		return "", errors.New("internal/keys does not seal where make bite looks for it: a field called aead that encrypts and decrypts")
	}
	replaced := map[string]string{}
	for _, s := range sources {
		if len(edits[s.path]) == 0 {
			continue
		}
		file := filepath.Join(folder, strconv.Itoa(len(replaced))+".go")
		if err := os.WriteFile(file, edited(s, edits[s.path]), 0o600); err != nil {
			return "", err
		}
		replaced[filepath.Join(root, filepath.FromSlash(s.path))] = file
	}
	list, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return "", fmt.Errorf("list what is replaced: %w", err)
	}
	name := filepath.Join(folder, "overlay.json")
	return name, os.WriteFile(name, list, 0o600)
}

// sealersOf are the x.aead of x.aead.Encrypt and x.aead.Decrypt in the package of the keys, where they seal fields.
func sealersOf(s source) (found []ast.Expr) {
	if s.folder() != "internal/keys" {
		return nil
	}
	ast.Inspect(s.syntax, func(node ast.Node) bool {
		act, ok := node.(*ast.SelectorExpr)
		if !ok || act.Sel.Name != "Encrypt" && act.Sel.Name != "Decrypt" {
			return true
		}
		if sealer, ok := act.X.(*ast.SelectorExpr); ok && sealer.Sel.Name == "aead" {
			found = append(found, sealer)
		}
		return true
	})
	return found
}
