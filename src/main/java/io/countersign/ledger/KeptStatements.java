package io.countersign.ledger;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection that parses each statement but once, as PostgreSQL's driver does by itself: closed, a prepared statement waits for
 * the next who wants the same. One that has failed is closed for good. For one thread.
 */
final class KeptStatements implements InvocationHandler {
    private static final int MOST = 32;

    private final Connection connection;
    private final Map<String, PreparedStatement> idle = new HashMap<>();

    private KeptStatements(Connection connection) {
        this.connection = connection;
    }

    static Connection of(Connection connection) {
        return proxy(Connection.class, new KeptStatements(connection));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        if (method.getName().equals("prepareStatement")
                && arguments != null
                && arguments.length == 1
                && arguments[0] instanceof String sql) {
            PreparedStatement kept = idle.remove(sql);
            PreparedStatement statement = kept == null ? connection.prepareStatement(sql) : kept;
            return proxy(PreparedStatement.class, new Kept(sql, statement));
        }
        return call(connection, method, arguments);
    }

    /** One statement, in use. */
    private final class Kept implements InvocationHandler {
        private final String sql;
        private final PreparedStatement statement;
        private boolean failed;
        private boolean closed;

        Kept(String sql, PreparedStatement statement) {
            this.sql = sql;
            this.statement = statement;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            if (method.getName().equals("close")) {
                close();
                return null;
            }
            try {
                return call(statement, method, arguments);
            } catch (SQLException broken) {
                failed = true;
                throw broken;
            }
        }

        private void close() throws SQLException {
            if (closed) {
                return;
            }
            closed = true;
            if (!failed) {
                statement.clearParameters();
            }
            if (failed || idle.size() >= MOST || idle.putIfAbsent(sql, statement) != null) {
                statement.close();
            }
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(KeptStatements.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object call(Object on, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
