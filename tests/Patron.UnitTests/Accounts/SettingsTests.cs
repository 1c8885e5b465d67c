using Microsoft.Extensions.Configuration;
using Patron.Hosting;
using Patron.Linking;
using Patron.Shared;

namespace Patron.UnitTests.Accounts;

public class SettingsTests
{
    [Theory]
    [InlineData("Accounts:PasswordIterations", "1000", "210000")]
    [InlineData("Accounts:PasswordIterations", "2000001", "2000000")]
    [InlineData("Accounts:PasswordIterations", "many", "must be a whole number, not 'many'")]
    [InlineData("Accounts:Brand", " ", "Brand")]
    [InlineData("Accounts:Language", "fr", "Accounts:Language must be one of: en, de")]
    [InlineData("Accounts:SigningKeyOverlap", "00:05:00", "SigningKeyOverlap")]
    [InlineData("Accounts:SessionIdleLife", "91.00:00:00", "SessionIdleLife")]
    [InlineData("Accounts:SessionIdleLife", "00:10:00", "SessionIdleLife")]
    [InlineData("Accounts:RefreshLeeway", "00:01:01", "RefreshLeeway")]
    [InlineData("Accounts:RefreshLeeway", "-00:00:01", "RefreshLeeway")]
    [InlineData("Accounts:MailsPerMailboxAndHour", "0", "MailsPerMailboxAndHour")]
    [InlineData("Accounts:ResetsPerMailboxAndHour", "0", "ResetsPerMailboxAndHour")]
    [InlineData("Accounts:ResetsPerMailboxAndDay", "4", "ResetsPerMailboxAndDay")]
    [InlineData("Accounts:InvitationsPerMailboxAndHour", "11", "InvitationsPerMailboxAndDay")]
    [InlineData("Accounts:InvitationsPerSenderAndHour", "0", "InvitationsPerSenderAndHour")]
    [InlineData("Accounts:InvitationsPerNewOrganizationAndDay", "-1", "InvitationsPerNewOrganizationAndDay")]
    [InlineData("Accounts:VerifyEmailLink", "https://app.example.com/verify", "{token}")]
    [InlineData("Accounts:ResetPasswordLink", "https://app.example.com/reset", "{token}")]
    [InlineData("Accounts:InvitationLink", "https://app.example.com/join", "{token}")]
    [InlineData("Accounts:PasswordIteration", "300000", "did you mean Accounts:PasswordIterations?")]
    [InlineData("Tokens:Lifetime", "00:00:00", "lifetime")]
    [InlineData("Tokens:Lifetime", "02:00:00", "SigningKeyOverlap")]
    [InlineData("Tokens:ClockSkew", "00:10:00", "skew")]
    [InlineData("Mail:User", "jane", "Mail:Host")]
    [InlineData("Mail:Port", "0", "Mail:Port")]
    [InlineData("Mail:From", "nobody", "Mail:From")]
    [InlineData("Mail:From", "zoë@shop.example.com", "Mail:From")]
    [InlineData("Mail:StartTls", "false", "set Mail:Security to none")]
    [InlineData("Mail:StartTls", "true", "Mail:Security")]
    [InlineData("Mail:Security", "ssl", "must be one of auto, starttls, tls")]
    [InlineData("Mail:Security", "7", "Mail:Security")]
    [InlineData("Mail:CaFile", "no-such-file.pem", "Mail:CaFile")]
    [InlineData("Limits:SignInsPerMinute", "0", "Limits")]
    [InlineData("Limits:SignUpsPerMinute", "-1", "Limits")]
    [InlineData("Limits:Origins:0", "https://app.example.com/path", "Limits:Origins")]
    [InlineData("Limits:Origins:0", "*", "Limits:Origins")]
    [InlineData("Tradeline:App", "rocket tradeline", "Tradeline:App")]
    [InlineData("Tradeline:App", "rocket.tradeline", "Tradeline:App")]
    [InlineData("Tradeline:App", "{app}", "Tradeline:App")]
    [InlineData("Tradeline:Envelope", "perhaps", "true or false")]
    [InlineData("Reads:MostLag", "00:00:01", "between 2 seconds and 10 minutes")]
    [InlineData("Reads:MostLag", "00:10:01", "between 2 seconds and 10 minutes")]
    [InlineData("ConnectionStrings:PatronReads", "Host=replica", "the private PostgreSQL has no replicas")]
    [InlineData("Portal:Url", "portal.example.com", "Portal:Url")]
    [InlineData("Portal:Url", "https://portal.example.com/?a=b", "Portal:Url")]
    [InlineData("Portal:Brand:Logo", "no-such-file.svg", "Portal:Brand:Logo")]
    [InlineData("Portal:Brand:Accent", "teal", "such as #0f5f63")]
    [InlineData("Portal:Brand:Accent", "#+f5f63", "such as #0f5f63")]
    [InlineData("Portal:Brand:Accent", "#ffcc00", "a contrast of 1.3:1")]
    [InlineData("Portal:Brand:Accent", "#767676", "a contrast of 4.1:1")]
    [InlineData("Portal:Brand:SupportEmail", "support", "Portal:Brand:SupportEmail")]
    [InlineData("Portal:Brand:SupportPhone", "call us", "Portal:Brand:SupportPhone")]
    [InlineData("Portal:Brand:ImprintUrl", "javascript:alert(1)", "Portal:Brand:ImprintUrl")]
    [InlineData("Portal:Brand:PrivacyUrl", "/privacy", "Portal:Brand:PrivacyUrl")]
    [InlineData("Portal:Brand:TermsUrl", "example.com", "Portal:Brand:TermsUrl")]
    [InlineData("Portal:CheckEmail:Disclosure", "some", "must be one of masked, none, full")]
    [InlineData("Portal:CheckEmail:Disclosure", "7", "must be one of masked, none, full")]
    [InlineData("Portal:Activation:Mode", "anybody", "must be one of code, link, invite, trusting")]
    [InlineData("Portal:Activation:Mode", "7", "Portal:Activation:Mode")]
    [InlineData("Portal:Activation:Mode", "trusting", "I know that whoever types an address first owns the account")]
    [InlineData("Portal:Activation:TrustEverybody", "I know that whoever types an address first owns the account", "not trusting")]
    [InlineData("Portal:Activation:CodeDigits", "5", "CodeDigits")]
    [InlineData("Portal:Activation:CodeDigits", "9", "CodeDigits")]
    [InlineData("Portal:Activation:ResendAfter", "00:11:00", "ResendAfter")]
    [InlineData("Portal:Activation:StartsPerHour", "0", "StartsPerHour")]
    [InlineData("Portal:Activation:Code", "6", "Portal:Activation:Code is not a setting")]
    [InlineData("Portal:Activation:CodeDigit", "6", "did you mean Portal:Activation:CodeDigits?")]
    [InlineData("Portal:Invitations:PerHour", "0", "PerHour")]
    [InlineData("Portal:Invitations:Reminders", "6", "Reminders")]
    [InlineData("Portal:Invitations:RemindAfter", "01:00:00", "RemindAfter")]
    [InlineData("Home:Name", " ", "Home:Name")]
    [InlineData("Home:Region", "UK", "Home:Region")]
    [InlineData("Database:LockTimeout", "00:00:00", "Database:LockTimeout")]
    [InlineData("Database:LockTimeout", "01:00:00", "Database:LockTimeout")]
    [InlineData("ConnectionStrings:Patron", "Host=a,b;Username=patron", "Target Session Attributes=primary")]
    [InlineData("ConnectionStrings:Patron", "Host=a,b;Username=patron;Target Session Attributes=prefer-primary", "Target Session Attributes=primary")]
    [InlineData("Backup:Folder", "backups", "must be a full path")]
    [InlineData("Backup:Keeps", "7", "did you mean Backup:Keep?")]
    [InlineData("Home:Id", "1", "Home:Id must be a UUID")]
    [InlineData("Keys:Master", "short", "32 bytes")]
    [InlineData("PATRON_ADMIN_PASSWORD", "tests need one 7", "PATRON_ADMIN_EMAIL")]
    [InlineData("PATRON_ACCOUNTS_URL", "accounts.example.com", "PATRON_ACCOUNTS_URL")]
    [InlineData("PATRON_ACCOUNTS_URL", "ftp://accounts.example.com", "PATRON_ACCOUNTS_URL")]
    [InlineData("Odoo:Database", "erp", "Odoo:Url")]
    [InlineData("Odoo:Url", "https://odoo.example.com", "Odoo:Database")]
    [InlineData("Odoo:Url", "odoo.example.com", "Odoo:Url")]
    [InlineData("Odoo:Url", "ftp://odoo.example.com", "Odoo:Url")]
    [InlineData("Odoo:Url", "https://user:secret@odoo.example.com", "Odoo:Url")]
    [InlineData("Odoo:PortalUrl", "https://odoo.example.com", "Odoo:Url")]
    [InlineData("Odoo:Protocol", "xmlrpc", "must be one of auto, json2, jsonrpc")]
    [InlineData("Odoo:Protocol", "7", "must be one of auto, json2, jsonrpc")]
    [InlineData("Customers:ProfileFields:0", "shoe_size", "Customers:ProfileFields must be some of email, phone, address")]
    [InlineData("Odoo:PageSize", "0", "Odoo:PageSize")]
    [InlineData("Odoo:PageSize", "2001", "Odoo:PageSize")]
    [InlineData("Odoo:SectionTimeout", "00:00:00", "Odoo:SectionTimeout")]
    [InlineData("Odoo:DashboardAge", "2.00:00:00", "Odoo:DashboardAge")]
    [InlineData("Odoo:Key", "x", "Odoo:Key is not a setting")]
    [InlineData("Erp:Source", "sap", "must be one of odoo, csv")]
    [InlineData("Erp:Source", "7", "must be one of odoo, csv")]
    [InlineData("Erp:Source", "csv", "Erp:Folder is not set")]
    [InlineData("Erp:Source", "odoo", "Odoo:Url is not set")]
    [InlineData("Erp:Folder", "/srv/erp", "Erp:Source is not csv")]
    [InlineData("Erp:Schedule", "0 2 * * *", "Odoo:Schedule")]
    [InlineData("Erp:Owns", "name", "Erp:Owns is not a setting")]
    [InlineData("Erp:Owns:0", "name", "Erp:Owns is not a setting")]
    [InlineData("Account:Brand", "Acme", "did you mean Accounts?")]
    [InlineData("Odoo:Schedul", "never", "did you mean Odoo:Schedule?")]
    [InlineData("Mail:Hosts", "smtp.example.com", "did you mean Mail:Host?")]
    [InlineData("Accounts:SessionLife", "soon", "a time span such as 00:05:00")]
    [InlineData("Logs:Format", "xml", "must be one of text, json")]
    [InlineData("Metrics:Url", "127.0.0.1:9464", "Metrics:Url")]
    [InlineData("Metrics:Url", "https://127.0.0.1:9464", "Metrics:Url")]
    [InlineData("Metrics:Url", "http://127.0.0.1:9464/metrics", "Metrics:Url")]
    [InlineData("Proxies:Trusted:0", "proxy.example.com", "Proxies:Trusted")]
    [InlineData("Mail:Port:0", "25", "Mail:Port:0 is not a setting of Patron: Mail:Port is a whole number")]
    [InlineData("Mail:Host:x", "smtp.example.com", "Mail:Host:x")]
    [InlineData("Odoo:Url:x", "https://odoo.example.com", "Odoo:Url:x")]
    [InlineData("Logs:Format:0", "json", "Logs:Format:0")]
    [InlineData("Home:Id:0", "1", "Home:Id:0")]
    [InlineData("Accounts:SessionLife:Days", "90", "Accounts:SessionLife:Days")]
    [InlineData("Portal:Activation", "code", "Portal:Activation is a section")]
    [InlineData("Portal:CheckEmail", "none", "Portal:CheckEmail is a section")]
    [InlineData("Limits:Origins", "https://app.example.com", "Limits:Origins is a list: set Limits:Origins:0")]
    [InlineData("Limits:Origins:0:x", "https://app.example.com", "Limits:Origins:0:x")]
    [InlineData("Proxies:Trusted", "10.0.0.0/8", "Proxies:Trusted is a list: set Proxies:Trusted:0")]
    [InlineData("PATRON_ADMIN_EMAIL:0", "admin@example.com", "PATRON_ADMIN_EMAIL:0")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "OTEL_EXPORTER_OTLP_ENDPOINT")]
    public void An_invalid_setting_is_refused_with_a_sentence_that_names_it(string name, string value, string named)
    {
        var refusal = Assert.Throws<CannotStartException>(() => Read(ProcessRole.All, (name, value)));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_invalid_settings_are_reported_together()
    {
        var names = Assert.Throws<CannotStartException>(() => Read(ProcessRole.All, ("Mail:Port", "x"), ("Home:Nam", "Acme"), ("Accounts:SessionLife", "soon"))).Message;
        Assert.Equal(4, names.Split('\n').Length);
        var contradictions = Assert.Throws<CannotStartException>(() => Read(ProcessRole.All, ("Mail:Port", "0"), ("Home:Name", " "), ("Accounts:Brand", " "))).Message;
        Assert.Equal(4, contradictions.Split('\n').Length);
    }

    [Fact]
    public void Role_customers_requires_the_address_of_the_accounts_service()
    {
        Assert.Contains("PATRON_ACCOUNTS_URL", Assert.Throws<CannotStartException>(() => Read(ProcessRole.Customers)).Message, StringComparison.Ordinal);
        Assert.Equal("http://127.0.0.1:8001", Read(ProcessRole.Customers, ("PATRON_ACCOUNTS_URL", "http://127.0.0.1:8001")).AccountsUrl);
    }

    [Fact]
    public void Mode_trusting_is_accepted_with_its_confirmation() => Assert.Equal(
        ActivationMode.Trusting,
        Read(ProcessRole.All, ("Portal:Activation:Mode", "trusting"), ("Portal:Activation:TrustEverybody", ActivationOptions.TrustConfirmation)).Portal.Activation.Mode);

    [Fact]
    public void A_mail_user_requires_a_password() =>
        Assert.Contains("Mail:Password", Assert.Throws<CannotStartException>(() => Read(ProcessRole.All, ("Mail:Host", "smtp.example.com"), ("Mail:User", "jane"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("none", "smtp.example.com", false)]
    [InlineData("none", "127.0.0.1", true)]
    [InlineData("none", "localhost", true)]
    [InlineData("starttls", "smtp.example.com", true)]
    [InlineData("auto", "smtp.example.com", true)]
    public void A_mail_password_is_sent_to_other_hosts_only_encrypted(string security, string host, bool isTaken)
    {
        (string, string)[] settings = [("Mail:Security", security), ("Mail:Host", host), ("Mail:User", "jane"), ("Mail:Password", "secret")];
        if (isTaken)
        {
            Assert.Equal(host, Read(ProcessRole.All, settings).Mail.Host);
        }
        else
        {
            Assert.Contains("Mail:Password unencrypted", Assert.Throws<CannotStartException>(() => Read(ProcessRole.All, settings)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("auto", null, null, "Odoo:ApiKey")]
    [InlineData("jsonrpc", "key", null, "Odoo:User")]
    [InlineData("json2", "ключ", null, "json2")]
    [InlineData("json2", "key", null, null)]
    [InlineData("auto", "пароль", "sync", null)]
    public void Odoo_requires_the_credentials_of_its_protocol(string protocol, string? key, string? user, string? named)
    {
        PatronSettings ReadAll() => Read(ProcessRole.All, ("Odoo:Url", "https://odoo.example.com/"), ("Odoo:Database", "erp"), ("Odoo:Protocol", protocol), ("Odoo:ApiKey", key ?? ""), ("Odoo:User", user ?? ""));
        if (named is null)
        {
            Assert.True(ReadAll().Odoo.IsConfigured);
        }
        else
        {
            Assert.Contains(named, Assert.Throws<CannotStartException>(ReadAll).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Erp:Folder", "partners", "full path")]
    [InlineData("Erp:Schedule", "nightly", "Erp:Schedule")]
    [InlineData("Erp:IncrementalSchedule", "* * *", "Erp:IncrementalSchedule")]
    [InlineData("Odoo:Url", "https://odoo.example.com", "Odoo:Url is set, too")]
    [InlineData("Odoo:Owns:0", "name", null)]
    public void A_folder_of_files_as_ERP_refuses_contradicting_settings(string name, string value, string? named)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Erp:Source"] = "CSV", ["Erp:Folder"] = "/srv/erp", [name] = value };
        if (name == "Odoo:Url")
        {
            (settings["Odoo:Database"], settings["Odoo:ApiKey"]) = ("erp", "key");
        }

        PatronSettings ReadAll() => Read(ProcessRole.All, [.. settings.Select(setting => (setting.Key, setting.Value))]);
        if (named is null)
        {
            Assert.True(ReadAll().Erp.IsCsv);
        }
        else
        {
            Assert.Contains(named, Assert.Throws<CannotStartException>(ReadAll).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_setting_has_a_default()
    {
        var settings = Read(ProcessRole.All);
        Assert.Equal(210_000, settings.Accounts.PasswordIterations);
        Assert.Equal(TimeSpan.FromMinutes(10), settings.Tokens.Lifetime);
        Assert.Equal((3_000, 600), (settings.Limits.SignInsPerMinute, settings.Limits.SignUpsPerMinute));
        Assert.False(settings.Accounts.PrivateRegistration);
        Assert.Equal(("rockettradeline", false), (settings.Tradeline.App, settings.Tradeline.Envelope));
        Assert.Empty(settings.Limits.Origins);
        Assert.Empty(settings.TrustedProxies);
        Assert.False(settings.Odoo.IsConfigured);
        Assert.Equal((ActivationMode.Code, 6, EmailDisclosure.Masked), (settings.Portal.Activation.Mode, settings.Portal.Activation.CodeDigits, settings.Portal.CheckEmail.Disclosure));
        Assert.EndsWith("/mail", settings.Mail.Folder, StringComparison.Ordinal);
    }

    [Fact]
    public void Unrelated_environment_variables_are_ignored() => Read(ProcessRole.All, ("HOME", "/root"), ("MAIL", "/var/mail/jane"), ("LOGNAME", "jane"));

    [Theory]
    [InlineData("Host=replica1,replica2;Load Balance Hosts=true", null)]
    [InlineData("Host=replica;Database=customers;Target Session Attributes=standby", null)]
    [InlineData("replica", "must be a connection string")]
    [InlineData("Username=reader", "must name the hosts")]
    [InlineData("Host=a,b;Target Session Attributes=primary", "leads to the primary")]
    [InlineData("Host=a,b;Target Session Attributes=prefer-primary", "leads to the primary")]
    [InlineData("Host=replica;Database=other", "names the database other, but ConnectionStrings:Patron names customers")]
    public void Connection_string_of_replicas_is_checked(string reads, string? named)
    {
        PatronSettings ReadAll() => Read(
            ProcessRole.All, ("ConnectionStrings:Patron", "Host=db;Username=patron;Database=customers"), ("ConnectionStrings:PatronReads", reads));
        if (named is null)
        {
            Assert.Equal(reads, ReadAll().ReadsConnectionString);
        }
        else
        {
            Assert.Contains(named, Assert.Throws<CannotStartException>(ReadAll).Message, StringComparison.Ordinal);
        }
    }

    private static PatronSettings Read(ProcessRole role, params (string Name, string Value)[] settings) => SettingsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build(), role, "data");
}
