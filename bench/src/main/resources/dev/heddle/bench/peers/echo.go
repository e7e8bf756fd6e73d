// The echo server in Go: a goroutine for each connection. Ends when its input ends.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
)

const mostLine = 1 << 16

func serve(client net.Conn) {
	defer client.Close()
	in := bufio.NewReaderSize(client, mostLine+1)
	out := bufio.NewWriterSize(client, 8192)
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return
		}
		out.WriteString("GOT:")
		out.Write(line)
		there, _ := in.Peek(in.Buffered())
		if bytes.IndexByte(there, '\n') < 0 && out.Flush() != nil { // the next read waits
			return
		}
	}
}

func main() {
	runtime.GOMAXPROCS(1) // one core, as all servers have
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening on", listener.Addr())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for {
		client, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go serve(client)
	}
}
