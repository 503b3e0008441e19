package io.countersign.listener;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.http.common.CamelServlet;
import org.apache.camel.http.common.HttpCommonEndpoint;
import org.apache.camel.http.common.HttpConsumer;
import org.apache.camel.http.common.HttpHelper;
import org.apache.camel.http.common.HttpMessage;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Camel's servlet, for routes that go on with another thread than they began with, so that while a payload comes nobody waits
 * for it. Camel's own asynchronous one ends after thirty seconds, and goes through the servlet twice. Fails closed: an answer
 * that could not be written as a whole is not ended as if it were.
 */
final class ExchangeServlet extends CamelServlet {
    private static final Logger LOG = LoggerFactory.getLogger(ExchangeServlet.class);
    private static final long serialVersionUID = 1;

    @Override
    protected void handleService(HttpServletRequest request, HttpServletResponse response) throws Exception {
        HttpConsumer consumer = getServletResolveConsumerStrategy().resolve(request, getConsumers());
        if (consumer == null || consumer.isSuspended() || !isTaken(request.getMethod(), consumer)) {
            super.handleService(request, response); // which refuses it
            return;
        }
        Exchange exchange = exchange(request, response, consumer);
        AsyncContext context = request.startAsync();
        context.setTimeout(0); // Deadlines look at what comes; how long a route takes is its own affair
        consumer.getAsyncProcessor().process(exchange, synchronous -> {
            try {
                consumer.getBinding().writeResponse(exchange, response);
            } catch (Throwable failed) { // of which nothing must look like an answer
                LOG.error("an answer could not be written", failed);
                fail(request, response, failed);
            } finally {
                consumer.doneUoW(exchange);
                consumer.releaseExchange(exchange, false);
                context.complete();
            }
        });
    }

    /** Which methods the endpoint is restricted to, {@link ExactPath} has seen to. */
    private static boolean isTaken(String method, HttpConsumer consumer) {
        return switch (method) {
            case "OPTIONS" -> consumer.isOptionsEnabled();
            case "TRACE" -> consumer.isTraceEnabled();
            default -> true;
        };
    }

    private static Exchange exchange(HttpServletRequest request, HttpServletResponse response, HttpConsumer consumer)
            throws Exception {
        HttpCommonEndpoint endpoint = consumer.getEndpoint();
        Exchange exchange = consumer.createExchange(false);
        exchange.setPattern(ExchangePattern.InOut);
        if (endpoint.isDisableStreamCache()) {
            exchange.setProperty(Exchange.DISABLE_HTTP_STREAM_CACHE, true);
        }
        HttpHelper.setCharsetFromContentType(request.getContentType(), exchange);
        Message message = new HttpMessage(exchange, endpoint, request, response);
        exchange.setIn(message);
        message.setHeader("CamelServletContextPath", endpoint.getPath());
        String path = message.getHeader(Exchange.HTTP_PATH, "", String.class);
        if (path.startsWith(endpoint.getPath())) {
            message.setHeader(
                    Exchange.HTTP_PATH, path.substring(endpoint.getPath().length()));
        }
        consumer.createUoW(exchange);
        return exchange;
    }

    private static void fail(HttpServletRequest request, HttpServletResponse response, Throwable why) {
        if (response.isCommitted()) {
            ServletContextRequest.getServletContextRequest(request)
                    .getServletChannel()
                    .abort(why);
        } else {
            sendError(response, HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
        }
    }
}
