package mail

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var message = Message{ID: "d1be5700-0000-4000-8000-000000000001", To: "lea@vaud.example", Subject: "Quelque chose vous attend", Text: "Connectez-vous :\nhttps://passerelle.example/work"}

func TestFolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "mails")
	for range 2 {
		if err := Folder(path).Send(t.Context(), message); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(filepath.Join(path, message.ID+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	machine, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	text := string(written)
	for _, want := range []string{"To: <lea@vaud.example>", "Subject: Quelque chose vous attend", "Message-ID: <" + message.ID + "@localhost.invalid>", "https://passerelle.example/work"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
	for _, header := range []string{"X-Mailer", "User-Agent", machine} {
		if strings.Contains(text, header) {
			t.Errorf("it tells %s:\n%s", header, text)
		}
	}
}

func TestServer(t *testing.T) {
	t.Parallel()
	for address, from := range map[string]string{
		"":                                   "info@example.org",
		"https://mail.example":               "info@example.org",
		"smtps://":                           "info@example.org",
		"smtps://user:secret@mail.example:x": "info@example.org",
		"smtps://user:secret@mail.example":   "nobody",
	} {
		if _, err := Server(address, from); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s from %s: %v", address, from, err)
		}
	}
	if _, err := Server("smtps://user:secret@mail.example", "info@example.org"); err != nil {
		t.Error(err)
	}
}

// TestNothingGoesWithoutTLS: a server that offers none is told nothing, whatever it would accept.
func TestNothingGoesWithoutTLS(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	heard := make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
			return
		}
		fmt.Fprint(conn, "220 plain\r\n")
		var all strings.Builder
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			all.WriteString(lines.Text() + "\n")
			if strings.HasPrefix(lines.Text(), "QUIT") {
				fmt.Fprint(conn, "221 bye\r\n")
				break
			}
			fmt.Fprint(conn, "250 plain\r\n")
		}
		heard <- all.String()
	}()
	post, err := Server("smtp://"+listener.Addr().String(), "info@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if err := post.Send(t.Context(), message); err == nil || strings.Contains(err.Error(), "lea") {
		t.Errorf("%v", err)
	}
	if said := <-heard; strings.Contains(said, "lea") || strings.Contains(said, "MAIL") {
		t.Errorf("it was told %s", said)
	}
}

// TestReach asks a server, and tells neither its name nor what it said.
func TestReach(t *testing.T) {
	t.Parallel()
	post, err := Server("smtps://user:secret@127.0.0.1:1", "info@example.org")
	if err != nil {
		t.Fatal(err)
	}
	if err := Reach(t.Context(), Traced(post)); err == nil || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("%v", err)
	}
	if err := Reach(t.Context(), Traced(Folder(t.TempDir()))); err != nil {
		t.Errorf("a folder, which is there: %v", err)
	}
}
