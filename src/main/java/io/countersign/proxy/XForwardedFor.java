package io.countersign.proxy;

import java.net.InetAddress;

/** {@code X-Forwarded-For}: addresses with commas between them, by custom rather than by a standard. */
final class XForwardedFor implements AddressHeader {
    @Override
    public String name() {
        return "X-Forwarded-For";
    }

    @Override
    public int beginningOfLast(String list) {
        return list.lastIndexOf(',') + 1;
    }

    @Override
    public InetAddress address(String element) throws UnclearCallerException {
        return node(element);
    }
}
