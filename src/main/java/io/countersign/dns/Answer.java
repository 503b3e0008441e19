package io.countersign.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * What is known of a {@link Question}. Where there is neither address nor host, {@link #trouble} says why.
 *
 * @param undetermined whether it may be otherwise as soon as a name server answers
 * @param life for how long it counts
 */
public record Answer(
        List<InetAddress> addresses, List<HostName> hosts, String trouble, boolean undetermined, Duration life) {
    static Answer found(List<InetAddress> addresses, List<HostName> hosts, Duration life) {
        return new Answer(List.copyOf(addresses), List.copyOf(hosts), "", false, life);
    }

    /** There is no such name, or it has nothing of the kind that was asked for. */
    static Answer nothing(String why, Duration life) {
        return new Answer(List.of(), List.of(), why, false, life);
    }

    public static Answer undetermined(String why, Duration life) {
        return new Answer(List.of(), List.of(), why, true, life);
    }

    /** Nobody has answered within a time; whoever asks again later may fare better. */
    public static Answer late(Question question, Duration within) {
        return undetermined(
                "no answer about " + question.words() + " in time (" + within.toMillis() + " ms)", Resolution.FAILURE);
    }

    int size() {
        return 1 + addresses.size() + hosts.size();
    }

    public boolean isFound() {
        return trouble.isEmpty();
    }
}
