package io.countersign.route;

import io.countersign.settings.Problems;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.camel.PropertyBindingException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Why a route file cannot be used, in words that an author of route files understands. */
final class Unusable {
    private static final int LONGEST = 300;

    private Unusable() {}

    static String why(Throwable thrown) {
        Throwable innermost = thrown;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof PropertyBindingException binding && binding.getTarget() != null) {
                return binding(binding, binding.getTarget());
            }
            innermost = cause;
        }
        String text = (innermost instanceof MarkedYamlEngineException marked
                        ? marked.toString()
                        : Problems.reason(thrown))
                .replaceAll("\\s+", " ");
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }

    private static String binding(PropertyBindingException binding, Object bean) {
        String property = String.valueOf(binding.getPropertyName());
        String name = bean.getClass().getSimpleName();
        boolean known =
                Arrays.stream(bean.getClass().getMethods()).anyMatch(method -> property.equals(property(method)));
        if (known) {
            Throwable cause = binding.getCause() == null ? binding : binding.getCause();
            boolean secret = property.toLowerCase(Locale.ROOT).contains("password");
            return name + " cannot have " + property + ": " + (secret ? "…" : binding.getValue()) + " ("
                    + Problems.reason(cause) + ")";
        }
        return name + " has no property " + property + "; accepted: "
                + Arrays.stream(bean.getClass().getMethods())
                        .map(Unusable::property)
                        .filter(accepted -> !accepted.isEmpty())
                        .distinct()
                        .sorted()
                        .collect(Collectors.joining(", "));
    }

    private static String property(Method method) {
        String name = method.getName();
        return name.startsWith("set") && name.length() > 3 && method.getParameterCount() == 1
                ? name.substring(3, 4).toLowerCase(Locale.ROOT) + name.substring(4)
                : "";
    }
}
