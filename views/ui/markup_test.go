package ui_test

import (
	"bytes"
	"context"
	"testing"

	"passerelle/internal/i18n"
	"passerelle/views/ui"
)

func TestMarkupShowsTextsAsTexts(t *testing.T) {
	t.Parallel()
	hostile := `"><script>alert('x')</script>&`
	var page bytes.Buffer
	err := ui.Written(func(_ context.Context, m *ui.Markup) {
		m.HTML(`<a title="`).Text(hostile).HTML(`">`).Text("Élan").HTML(`</a>`)
	}).Render(i18n.With(context.Background(), i18n.DE), &page)
	if err != nil {
		t.Fatal(err)
	}
	want := `<a title="&#34;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;">Élan</a>`
	if page.String() != want {
		t.Errorf("written: %s\nwant: %s", page.String(), want)
	}
}
