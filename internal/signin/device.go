package signin

import (
	"strings"

	"github.com/mileusna/useragent"
)

// Device is what is kept of how a browser describes itself: enough to know one's own again, too little to tell people apart.
type Device struct {
	Browser, System string // families, as the table knows them
}

const (
	otherDevice      = "other"
	longestUserAgent = 512
)

var browserFamilies = map[string]string{
	useragent.Firefox: "firefox", useragent.Chrome: "chrome", useragent.HeadlessChrome: "chrome", useragent.Edge: "edge",
	useragent.Safari: "safari", useragent.Opera: "opera", useragent.OperaTouch: "opera", useragent.OperaMini: "opera", useragent.SamsungBrowser: "samsung",
}

var systemFamilies = map[string]string{
	useragent.Windows: "windows", useragent.MacOS: "macos", useragent.Linux: "linux", useragent.ChromeOS: "chromeos",
	useragent.Android: "android", useragent.IOS: "ios",
}

// DeviceOf reads the families out of a User-Agent header; the header itself is not kept.
func DeviceOf(header string) Device {
	if len(header) > longestUserAgent {
		header = header[:longestUserAgent]
	}
	read := useragent.Parse(strings.ToValidUTF8(header, ""))
	device := Device{browserFamilies[read.Name], systemFamilies[read.OS]}
	if device.Browser == "" {
		device.Browser = otherDevice
	}
	if device.System == "" {
		device.System = otherDevice
	}
	return device
}
