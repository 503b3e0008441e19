package io.countersign.refusal;

import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** A route's own refusal: a bean whose {@code code} says what is refused, wherever the route puts it. */
public final class Refuse implements Processor {
    private Code code = Code.NOT_FOUND;
    private String allow = Refusing.METHODS;

    /** One of the codes of the problem documents, such as {@code not-found}. */
    public void setCode(String code) {
        this.code = Code.valueOf(code.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** With {@code method-not-allowed}: the methods that are served there (RFC 9110, 10.2.1), where fewer are than anywhere. */
    public void setAllow(String allow) {
        this.allow = allow;
    }

    @Override
    public void process(Exchange exchange) throws Refusal {
        exchange.setProperty(Refusing.ALLOW, allow);
        throw Refusal.of(code, code.title() + ".");
    }
}
