// Package taken lets a test binary do without one thing that the program does, named by the flag -taken. Nothing imports
// it: make bite compiles it into the tests, beside the working copy, at the places from which it takes something.
package taken

import (
	"bytes"
	"flag"
	"fmt"
	"reflect"
	"strings"

	"passerelle/internal/tenantdb"
)

var what = flag.String("taken", "", "what this run does without, as make bite names it")

// Call is a function as it stands, or, when it is what is taken away, one that leaves nothing behind and says that all is
// well.
func Call[F any](name string, function F) F {
	if *what != name {
		return function
	}
	kind := reflect.TypeFor[F]()
	return reflect.MakeFunc(kind, func([]reflect.Value) (results []reflect.Value) {
		for i := range kind.NumOut() {
			results = append(results, nothing(kind.Out(i)))
		}
		return results
	}).Interface().(F)
}

// nothing is an error that is none, or a question that changes nothing. Of anything else nobody can say what it would be.
func nothing(kind reflect.Type) reflect.Value {
	switch kind {
	case reflect.TypeFor[error]():
		return reflect.Zero(kind)
	case reflect.TypeFor[tenantdb.Question]():
		return reflect.ValueOf(tenantdb.Many(new([]struct{ Nothing int }), tenantdb.Select().ColumnExpr("0 AS nothing")))
	default:
		panic(fmt.Sprintf("nothing stands for a %s", kind))
	}
}

// AEAD is what seals.
type AEAD interface {
	Encrypt(plaintext, associated []byte) ([]byte, error)
	Decrypt(ciphertext, associated []byte) ([]byte, error)
}

// Sealing is what seals as it stands, or, for the column that is taken away, what leaves everything in clear.
func Sealing(aead AEAD) AEAD { return inClear{aead} }

type inClear struct{ AEAD }

// concerns looks for the table and the column in what is authenticated: "v1|tenant|table|column|row".
func concerns(associated []byte) bool {
	column, sealing := strings.CutPrefix(*what, "seal ")
	return sealing && bytes.Contains(associated, []byte("|"+strings.ReplaceAll(column, ".", "|")+"|"))
}

func (a inClear) Encrypt(plaintext, associated []byte) ([]byte, error) {
	if concerns(associated) {
		return bytes.Clone(plaintext), nil
	}
	return a.AEAD.Encrypt(plaintext, associated)
}

func (a inClear) Decrypt(ciphertext, associated []byte) ([]byte, error) {
	if concerns(associated) {
		return bytes.Clone(ciphertext), nil
	}
	return a.AEAD.Decrypt(ciphertext, associated)
}
