/** The echo server against clients on loopback that behave well, badly, or not at all. */
package dev.heddle.net.echo;
