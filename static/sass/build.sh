#!/bin/sh
# Fetches the vendored files again and compiles the design system. Needed only to upgrade: what it writes is committed.
set -eu

govuk=6.6.0 moj=11.1.0 htmx=4.0.1 noto=5.3.0 sass=1.108.2

here=$(cd "$(dirname "$0")" && pwd)
vendor=$here/../vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$work"
npm init -y >/dev/null
npm install --silent --ignore-scripts --save-exact \
	govuk-frontend@$govuk @ministryofjustice/frontend@$moj htmx.org@$htmx @fontsource-variable/noto-sans@$noto sass@$sass

rm -rf "$vendor"
mkdir -p "$vendor"
npx sass --no-source-map --style=compressed --quiet-deps --load-path="$work" "$here/vendor.scss" "$vendor/vendor.css"
cp node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js "$vendor"
cp node_modules/htmx.org/dist/htmx.min.js node_modules/htmx.org/dist/ext/hx-csp.min.js node_modules/htmx.org/dist/ext/hx-sse.min.js "$vendor"
for script in "$vendor"/*.js; do
	# The source maps are not vendored, so nothing should ask for them.
	sed -i 's|//# sourceMappingURL=.*||' "$script"
done
fonts=node_modules/@fontsource-variable/noto-sans
cp "$fonts/files/noto-sans-latin-wght-normal.woff2" "$fonts/files/noto-sans-latin-ext-wght-normal.woff2" "$vendor"

mit() {
	printf '== %s ==\n\nThe MIT License (MIT)\n\n%s\n\n' "$1" "$2"
	cat <<-'TEXT'
		Permission is hereby granted, free of charge, to any person obtaining a copy of
		this software and associated documentation files (the "Software"), to deal in
		the Software without restriction, including without limitation the rights to
		use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies
		of the Software, and to permit persons to whom the Software is furnished to do
		so, subject to the following conditions:

		The above copyright notice and this permission notice shall be included in all
		copies or substantial portions of the Software.

		THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
		IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
		FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
		AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
		LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
		OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
		SOFTWARE.

	TEXT
}
{
	# The two MIT packages come without their licence texts.
	mit govuk-frontend "Copyright (C) 2017 Crown Copyright (Government Digital Service)"
	mit @ministryofjustice/frontend "Copyright (c) 2021 dxw"
	printf '== htmx.org ==\n\n' && cat node_modules/htmx.org/LICENSE
	printf '\n== Noto Sans ==\n\n' && cat "$fonts/LICENSE"
} >"$vendor/LICENCES"

sum() { openssl dgst -sha384 -binary "$vendor/$1" | openssl base64 -A; }
line() { printf '%-40s %-32s %-9s %-8s sha384-%s\n' "$1" "$2" "$3" "$4" "$(sum "$1")"; }
{
	echo "# file, package, version, licence, SHA-384 of the file"
	line vendor.css "govuk-frontend" $govuk MIT
	line vendor.css "@ministryofjustice/frontend" $moj MIT
	line govuk-frontend.min.js "govuk-frontend" $govuk MIT
	line htmx.min.js htmx.org $htmx 0BSD
	line hx-csp.min.js htmx.org $htmx 0BSD
	line hx-sse.min.js htmx.org $htmx 0BSD
	line noto-sans-latin-wght-normal.woff2 "@fontsource-variable/noto-sans" $noto OFL-1.1
	line noto-sans-latin-ext-wght-normal.woff2 "@fontsource-variable/noto-sans" $noto OFL-1.1
} >"$vendor/VERSIONS"
