package cleaning

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"math"

	"github.com/bep/imagemeta"
	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
)

// quality is that of a photograph that is written anew: nobody sees the difference, and what is small to read stays readable.
const quality = 90

func cleanJPEG(body []byte) ([]byte, error) {
	picture, err := decode(body, jpeg.DecodeConfig, jpeg.Decode)
	if err != nil {
		return nil, err
	}
	var kept bytes.Buffer
	if err := jpeg.Encode(&kept, upright(picture, orientation(body)), &jpeg.Options{Quality: quality}); err != nil {
		return nil, refuse("unreadable")
	}
	return kept.Bytes(), nil
}

func cleanPNG(body []byte) ([]byte, error) {
	picture, err := decode(body, png.DecodeConfig, png.Decode)
	if err != nil {
		return nil, err
	}
	var kept bytes.Buffer
	if err := png.Encode(&kept, picture); err != nil {
		return nil, refuse("unreadable")
	}
	return kept.Bytes(), nil
}

// decode reads a picture whose size was asked for first: one that says that it is huge is never unfolded.
func decode(body []byte, config func(io.Reader) (image.Config, error), whole func(io.Reader) (image.Image, error)) (image.Image, error) {
	if hasScript(body) {
		return nil, refuse("disguised")
	}
	size, err := config(bytes.NewReader(body))
	if err != nil {
		return nil, refuse("unreadable")
	}
	if points(size) > MostPixels {
		return nil, refuse("pixels")
	}
	picture, err := whole(bytes.NewReader(body))
	if err != nil {
		return nil, refuse("unreadable")
	}
	return picture, nil
}

// points is how much room a picture takes once it is unfolded: one of twice the depth counts twice, one without a size has no end.
func points(size image.Config) int {
	if size.Width <= 0 || size.Height <= 0 || size.Width > 2*MostPixels/size.Height {
		return math.MaxInt
	}
	switch size.ColorModel {
	case color.NRGBA64Model, color.RGBA64Model:
		return 2 * size.Width * size.Height
	default:
		return size.Width * size.Height
	}
}

// orientation is how a camera was held (Exif 2.3, tag 0x0112): 1 is upright. What cannot be read is upright.
func orientation(body []byte) (held int) {
	held = 1
	_, _ = imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(body), ImageFormat: imagemeta.JPEG, Sources: imagemeta.EXIF,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool { return tag.Tag == "Orientation" && tag.Namespace == "IFD0" },
		HandleTag: func(tag imagemeta.TagInfo) error {
			if value, ok := tag.Value.(uint16); ok && value >= 1 && value <= 8 {
				held = int(value)
			}
			return nil
		},
	})
	return held
}

// upright turns a picture as it was meant, since what says how is not kept.
func upright(picture image.Image, held int) image.Image {
	if held == 1 {
		return picture
	}
	size := picture.Bounds().Size()
	w, h := float64(size.X), float64(size.Y)
	// Where each point goes: x' = a x + b y + c, y' = d x + e y + f.
	turn := map[int]f64.Aff3{
		2: {-1, 0, w, 0, 1, 0}, 3: {-1, 0, w, 0, -1, h}, 4: {1, 0, 0, 0, -1, h},
		5: {0, 1, 0, 1, 0, 0}, 6: {0, -1, h, 1, 0, 0}, 7: {0, -1, h, -1, 0, w}, 8: {0, 1, 0, -1, 0, w},
	}[held]
	if held >= 5 {
		size.X, size.Y = size.Y, size.X
	}
	turned := image.NewRGBA(image.Rectangle{Max: size})
	draw.NearestNeighbor.Transform(turned, turn, picture, picture.Bounds(), draw.Src, nil)
	return turned
}
