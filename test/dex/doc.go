// Package dex signs people in through Dex, a real OpenID provider that others wrote, keep and run. It is a module of its own,
// since the program has no use for what Dex brings along: make dex.
package dex
