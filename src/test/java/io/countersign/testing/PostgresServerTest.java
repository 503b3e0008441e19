package io.countersign.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.countersign.testing.PostgresServer.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class PostgresServerTest {
    @Test
    void whatWasWrittenIsThereAfterARestart() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            Database database = server.database();
            try (Connection connection = connect(database);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE here (it TEXT)");
                statement.execute("INSERT INTO here VALUES ('is')");
            }
            server.stop();
            assertThatThrownBy(() -> connect(database)).isInstanceOf(SQLException.class);
            server.resume();
            try (Connection connection = connect(database);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT it FROM here")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo("is");
            }
        }
    }

    private static Connection connect(Database database) throws SQLException {
        return DriverManager.getConnection(database.url(), database.user(), database.password());
    }
}
