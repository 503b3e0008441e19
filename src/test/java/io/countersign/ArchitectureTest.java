package io.countersign;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between packages go one way, so that each can be read without those that use it. */
@AnalyzeClasses(packages = "io.countersign", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule noPackageIsInACircle =
            slices().matching("io.countersign.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule arrowsGoOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("main")
            .definedBy("io.countersign")
            .layer("cli")
            .definedBy("io.countersign.cli..")
            .layer("doctor")
            .definedBy("io.countersign.doctor..")
            .layer("edit")
            .definedBy("io.countersign.edit..")
            .layer("operations")
            .definedBy("io.countersign.operations..")
            .layer("alert")
            .definedBy("io.countersign.alert..")
            .layer("audit")
            .definedBy("io.countersign.audit..")
            .layer("log")
            .definedBy("io.countersign.log..")
            .layer("route")
            .definedBy("io.countersign.route..")
            .layer("listener")
            .definedBy("io.countersign.listener..")
            .layer("limit")
            .definedBy("io.countersign.limit..")
            .layer("admission")
            .definedBy("io.countersign.admission..")
            .layer("send")
            .definedBy("io.countersign.send..")
            .layer("client")
            .definedBy("io.countersign.client..")
            .layer("transfer")
            .definedBy("io.countersign.transfer..")
            .layer("receipt")
            .definedBy("io.countersign.receipt..")
            .layer("retention")
            .definedBy("io.countersign.retention..")
            .layer("rebuild")
            .definedBy("io.countersign.rebuild..")
            .layer("ledger")
            .definedBy("io.countersign.ledger..")
            .layer("sighting")
            .definedBy("io.countersign.sighting..")
            .layer("partner")
            .definedBy("io.countersign.partner..")
            .layer("settings")
            .definedBy("io.countersign.settings..")
            .layer("refusal")
            .definedBy("io.countersign.refusal..")
            .layer("tls")
            .definedBy("io.countersign.tls..")
            .layer("revocation")
            .definedBy("io.countersign.revocation..")
            .layer("proxy")
            .definedBy("io.countersign.proxy..")
            .layer("address")
            .definedBy("io.countersign.address..")
            .layer("dns")
            .definedBy("io.countersign.dns..")
            .layer("kept")
            .definedBy("io.countersign.kept..")
            .layer("text")
            .definedBy("io.countersign.text..")
            .layer("version")
            .definedBy("io.countersign.version..")
            .whereLayer("main")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("cli")
            .mayOnlyBeAccessedByLayers("main")
            .whereLayer("doctor")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("edit")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("operations")
            .mayOnlyBeAccessedByLayers("doctor", "cli")
            .whereLayer("alert")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("audit")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("log")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("route")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("listener")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("limit")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("admission")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("send")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("client")
            .mayOnlyBeAccessedByLayers("send", "doctor", "cli")
            .whereLayer("transfer")
            .mayOnlyBeAccessedByLayers(
                    "limit",
                    "admission",
                    "listener",
                    "send",
                    "route",
                    "sighting",
                    "receipt",
                    "rebuild",
                    "operations",
                    "cli")
            .whereLayer("receipt")
            .mayOnlyBeAccessedByLayers("send", "cli")
            .whereLayer("retention")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("rebuild")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("ledger")
            .mayOnlyBeAccessedByLayers(
                    "transfer", "receipt", "send", "operations", "retention", "rebuild", "doctor", "cli")
            .whereLayer("sighting")
            .mayOnlyBeAccessedByLayers("admission", "listener", "cli")
            .whereLayer("partner")
            .mayOnlyBeAccessedByLayers("limit", "admission", "client", "receipt", "send", "route", "doctor", "cli")
            .whereLayer("revocation")
            .mayOnlyBeAccessedByLayers("partner", "client", "route", "cli")
            .whereLayer("dns")
            .mayOnlyBeAccessedByLayers("address", "admission", "listener", "client", "cli")
            .whereLayer("proxy")
            .mayOnlyBeAccessedByLayers("tls", "listener", "admission", "settings", "route", "cli")
            .whereLayer("kept")
            .mayOnlyBeAccessedByLayers("revocation", "dns", "refusal", "partner", "admission", "limit", "listener")
            .whereLayer("version")
            .mayOnlyBeAccessedByLayers("doctor", "cli")
            .whereLayer("text")
            .mayOnlyBeAccessedByLayers(
                    "tls", "revocation", "refusal", "retention", "listener", "send", "alert", "doctor", "cli")
            .whereLayer("settings")
            .mayOnlyBeAccessedByLayers(
                    "limit",
                    "admission",
                    "listener",
                    "partner",
                    "send",
                    "route",
                    "retention",
                    "rebuild",
                    "doctor",
                    "cli");

    @ArchTest
    static final ArchRule intakeKnowsNoCertificate = noClasses()
            .that()
            .resideInAPackage("io.countersign.transfer..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.security.cert..", "javax.net.ssl..", "io.countersign.tls..");

    @ArchTest
    static final ArchRule sendingKnowsNoKeyAndNoSocket = noClasses()
            .that()
            .resideInAPackage("io.countersign.send..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                    "java\\.security\\.cert\\..*|javax\\.net\\.ssl\\.SSL(Socket|Context).*|java\\.net\\.Socket");

    @ArchTest
    static final ArchRule admissionReadsNoBody = noClasses()
            .that()
            .resideInAPackage("io.countersign.admission..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("java\\.io\\..*Stream|java\\.nio\\.file\\..*");

    @ArchTest
    static final ArchRule onlyListenersKnowJetty = noClasses()
            .that()
            .resideOutsideOfPackages("io.countersign.listener..", "io.countersign.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.eclipse.jetty..", "org.apache.camel.component.jetty..");

    @ArchTest
    static final ArchRule onlyClientsKnowApachesClient = noClasses()
            .that()
            .resideOutsideOfPackages("io.countersign.client..", "io.countersign.send..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.hc..", "org.apache.camel.component.http..");

    @ArchTest
    static final ArchRule onlyDnsKnowsItsLibrary = noClasses()
            .that()
            .resideOutsideOfPackage("io.countersign.dns..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.xbill..");

    @ArchTest
    static final ArchRule onlyOperationsKnowsPrometheus = noClasses()
            .that()
            .resideOutsideOfPackage("io.countersign.operations..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.prometheus..");

    @ArchTest
    static final ArchRule onlyTheLogKnowsItsLibrary = noClasses()
            .that()
            .resideOutsideOfPackage("io.countersign.log..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ch.qos.logback..");

    @ArchTest
    static final ArchRule onlyTheLedgerKnowsItsDatabases = noClasses()
            .that()
            .resideOutsideOfPackage("io.countersign.ledger..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "javax.sql..", "com.zaxxer.hikari..", "org.flywaydb..", "org.sqlite..", "org.postgresql..");

    @ArchTest
    static final ArchRule namesSayWhatTheyAre = classes()
            .should()
            .haveSimpleNameNotEndingWith("Utils")
            .andShould()
            .haveSimpleNameNotEndingWith("Helper")
            .andShould()
            .haveSimpleNameNotEndingWith("Handler")
            .andShould()
            .haveSimpleNameNotEndingWith("Impl")
            .because("the field has nouns of its own");
}
