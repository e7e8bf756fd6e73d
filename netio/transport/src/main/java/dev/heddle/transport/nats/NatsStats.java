package dev.heddle.transport.nats;

import org.jspecify.annotations.Nullable;

/**
 * The state of a {@link NatsTransport} at one moment.
 *
 * @param connections how many there were
 * @param isReady whether there is one, on which all is agreed
 * @param underWay messages that were put and not confirmed, and questions not answered
 * @param held messages that wait here for receivers or are being handled
 * @param duplicates messages that were put or delivered again and did not count
 * @param dropped messages of topics for which receivers had no room
 * @param lastFailure why the last connection has ended, or could not be made; null if none has
 */
public record NatsStats(
    long connections,
    boolean isReady,
    int underWay,
    int held,
    long duplicates,
    long dropped,
    @Nullable String lastFailure) {}
