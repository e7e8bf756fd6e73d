/**
 * Each row of NETIO.md's fault table that is built, and the promises about sockets, on loopback.
 */
package dev.heddle.net;
