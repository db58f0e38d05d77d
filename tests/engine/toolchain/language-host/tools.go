//go:build tools

// Package toolchain names the command that is built, so that `go mod tidy` keeps what it needs.
package toolchain

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
