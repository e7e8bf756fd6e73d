package dev.heddle.net;

/**
 * What a server has counted since its start; a snapshot.
 *
 * @param accepted connections accepted and served
 * @param open connections that are open now
 * @param refused connections closed at once, because they were over a limit
 * @param ended connections that ended in an orderly way
 * @param lost connections that the peer has reset, or that were cut because their time was over or
 *     the server was shut down
 * @param rejected connections that ended because a line was too long, or too much input was pending
 * @param failed connections whose handler has failed
 * @param pendingInput bytes that are reserved for unfinished input now
 * @param acceptFailures accepts that failed, mostly because no descriptors were left
 */
public record ServerStats(
    long accepted,
    long open,
    long refused,
    long ended,
    long lost,
    long rejected,
    long failed,
    long pendingInput,
    long acceptFailures) {}
