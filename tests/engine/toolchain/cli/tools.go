//go:build tools

// Package toolchain names the commands that are built, so that `go mod tidy` keeps what they need.
package toolchain

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
