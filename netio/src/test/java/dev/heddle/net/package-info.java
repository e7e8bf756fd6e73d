/** The promises about sockets, kept on loopback. */
package dev.heddle.net;
