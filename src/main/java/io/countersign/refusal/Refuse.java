package io.countersign.refusal;

import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** A route's own refusal: a bean whose {@code code} says what is refused, wherever the route puts it. */
public final class Refuse implements Processor {
    private Code code = Code.NOT_FOUND;

    /** One of the codes of the problem documents, such as {@code not-found}. */
    public void setCode(String code) {
        this.code = Code.valueOf(code.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    @Override
    public void process(Exchange exchange) throws Refusal {
        throw Refusal.of(code, code.title() + ".");
    }
}
