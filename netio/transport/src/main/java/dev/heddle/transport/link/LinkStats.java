package dev.heddle.transport.link;

import org.jspecify.annotations.Nullable;

/**
 * The state of a link at one moment.
 *
 * @param connections how many there were
 * @param isConnected whether there is one
 * @param kept frames that are to be sent, or may have to be sent again
 * @param underWay messages of this side that are not over
 * @param held messages of the other side that wait or are being handled
 * @param repeated frames that were sent again
 * @param duplicates messages that came again and were not delivered
 * @param lastFailure why the last connection has ended, or could not be made; null if none has
 */
public record LinkStats(
    long connections,
    boolean isConnected,
    int kept,
    int underWay,
    int held,
    long repeated,
    long duplicates,
    @Nullable String lastFailure) {}
