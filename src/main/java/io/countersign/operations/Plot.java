package io.countersign.operations;

import io.countersign.ledger.TransferCounts;
import io.countersign.operations.History.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** Transfers and refusals over time, as numbers for a plot: one for each step, the last one being now. */
final class Plot {
    private static final long HOUR = 4;

    private Plot() {}

    static JsonObject of(History history) {
        JsonObject plot = new JsonObject();
        plot.put("complete", history.isComplete());
        plot.put("day", series(history, 1, 96));
        plot.put("week", series(history, HOUR, 168));
        plot.put("month", series(history, 6 * HOUR, 120));
        return plot;
    }

    /** @param step quarters of an hour */
    private static JsonObject series(History history, long step, int steps) {
        long first = Math.floorDiv(history.now(), step) - steps + 1;
        JsonObject series = new JsonObject();
        series.put("from", TransferCounts.begin(first * step).getEpochSecond());
        series.put("step", step * TransferCounts.QUARTER.toSeconds());
        series.put("received", numbers(first, step, steps, at -> history.sum(Measure.RECEIVED, at, step)));
        series.put("sent", numbers(first, step, steps, at -> history.sum(Measure.SENT, at, step)));
        series.put("failed", numbers(first, step, steps, at -> history.sum(Measure.FAILED, at, step)));
        series.put("refused", numbers(first, step, steps, at -> history.refused(at, step)));
        series.put("receivedBytes", numbers(first, step, steps, at -> history.sum(Measure.RECEIVED_BYTES, at, step)));
        series.put("sentBytes", numbers(first, step, steps, at -> history.sum(Measure.SENT_BYTES, at, step)));
        return series;
    }

    private static JsonArray numbers(long first, long step, int steps, LongFunction<Long> sum) {
        List<Long> numbers = new ArrayList<>(steps);
        for (long i = first; i < first + steps; i++) {
            numbers.add(sum.apply(i * step));
        }
        return new JsonArray(numbers);
    }
}
