package io.countersign.operations;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheck.Kind;
import org.apache.camel.health.HealthCheck.Result;
import org.apache.camel.health.HealthCheck.State;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/**
 * Answers by Camel's health checks as JSON, as a bean of a route file: 200 and {@code up}, or 503 and {@code down} where one of
 * them is down. What an operator should know of while the service works, a file that is not in force or a certificate that
 * ends soon, is in the details and changes neither: a load balancer must not take out what runs on its last good set.
 */
public final class ShowHealth implements Processor {
    private static final int UP = 200;
    private static final int DOWN = 503;
    private static final String EVERYTHING = "full";

    private Kind kind = Kind.ALL;

    /** Which checks: {@code ALL} (default), {@code LIVENESS} or {@code READINESS}. */
    public void setKind(Kind kind) {
        this.kind = kind;
    }

    @Override
    public void process(Exchange exchange) {
        Collection<Result> results = results(exchange.getContext());
        boolean up = HealthCheckHelper.isResultsUp(results, false);
        JsonObject health = new JsonObject();
        health.put("status", state(up ? State.UP : State.DOWN));
        health.put("checks", checks(results));
        Message answer = exchange.getMessage();
        answer.removeHeaders("*");
        answer.setHeader(Exchange.HTTP_RESPONSE_CODE, up ? UP : DOWN);
        answer.setHeader(Exchange.CONTENT_TYPE, "application/json");
        answer.setBody(health.toJson() + "\n");
    }

    private Collection<Result> results(CamelContext context) {
        return switch (kind) {
            case ALL -> HealthCheckHelper.invoke(context, EVERYTHING);
            case LIVENESS -> HealthCheckHelper.invokeLiveness(context, EVERYTHING);
            case READINESS -> HealthCheckHelper.invokeReadiness(context, EVERYTHING);
        };
    }

    /** Without their details. */
    static JsonArray brief(Collection<Result> results) {
        JsonArray checks = checks(results);
        checks.forEach(check -> ((JsonObject) check).remove("details"));
        return checks;
    }

    private static JsonArray checks(Collection<Result> results) {
        JsonArray checks = new JsonArray();
        for (Result result : results) {
            HealthCheck check = result.getCheck();
            JsonObject shown = new JsonObject();
            shown.put("name", check.getId());
            shown.put("group", check.getGroup());
            shown.put("status", state(result.getState()));
            result.getMessage().ifPresent(message -> shown.put("message", message));
            result.getError().ifPresent(error -> shown.put("error", error.toString()));
            shown.put("details", details(result));
            checks.add(shown);
        }
        return checks;
    }

    /** Without what Camel adds to every check: how often it was asked, and when. */
    private static JsonObject details(Result result) {
        Map<String, Object> details = new TreeMap<>(result.getDetails());
        details.keySet().removeIf(HealthCheckHelper::isReservedKey);
        JsonObject shown = new JsonObject();
        details.forEach((name, value) -> shown.put(
                name,
                value instanceof Collection
                                || value instanceof Map
                                || value instanceof Number
                                || value instanceof Boolean
                        ? value
                        : String.valueOf(value)));
        return shown;
    }

    private static String state(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
