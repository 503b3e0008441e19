package io.countersign.ledger;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.Flyway;

/** SQLite or PostgreSQL behind a pool of connections, with the ledger's tables as this version knows them. */
final class Database {
    static final String SQLITE = "jdbc:sqlite:";
    static final String POSTGRESQL = "jdbc:postgresql:";

    private static final int CONNECTIONS = 4;
    private static final long WAIT_MILLIS = 5_000;

    private Database() {}

    static HikariDataSource open(String url, String user, String password) {
        // Through connections of its own: it holds two at once, and of ours only one at a time may write in SQLite.
        Flyway.configure()
                .dataSource(url, user, password)
                .locations("classpath:io/countersign/ledger")
                .table("ledger_version")
                .load()
                .migrate();
        HikariConfig config = new HikariConfig();
        config.setPoolName("ledger-connections");
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(WAIT_MILLIS);
        config.setAutoCommit(false);
        if (url.startsWith(SQLITE)) {
            config.addDataSourceProperty("journal_mode", "WAL");
            config.addDataSourceProperty("synchronous", "FULL");
            config.addDataSourceProperty("busy_timeout", String.valueOf(WAIT_MILLIS));
            config.addDataSourceProperty("transaction_mode", "IMMEDIATE");
        } else {
            config.setUsername(user);
            config.setPassword(password);
            config.addDataSourceProperty("connectTimeout", "5"); // seconds
            config.addDataSourceProperty("socketTimeout", "20");
        }
        return new HikariDataSource(config);
    }
}
