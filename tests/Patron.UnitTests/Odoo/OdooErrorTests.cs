using Patron.Odoo.Client;

namespace Patron.UnitTests.Odoo;

/// <summary>Every recorded error of a real Odoo is classified, with a message that reveals nothing of the server.</summary>
public sealed class OdooErrorTests
{
    // Requests over JSON-RPC that were recorded with both 17 and 19.
    private static readonly (string Name, OdooFailure Kind)[] JsonRpcRecordings =
    [
        ("jsonrpc-access-error-model", OdooFailure.Denied),
        ("jsonrpc-access-error-move", OdooFailure.Denied),
        ("jsonrpc-access-error-write", OdooFailure.Denied),
        ("jsonrpc-private-method", OdooFailure.Denied),
        ("jsonrpc-authenticate-unknown-db", OdooFailure.Refused),
        ("jsonrpc-authenticate-wrong-password", OdooFailure.Refused),
        ("jsonrpc-authenticate-unknown-user", OdooFailure.Refused),
        ("jsonrpc-empty-password", OdooFailure.Refused),
        ("jsonrpc-wrong-password", OdooFailure.Refused),
        ("jsonrpc-unknown-db", OdooFailure.Refused),
        ("jsonrpc-unknown-uid", OdooFailure.Refused),
        ("jsonrpc-batch", OdooFailure.Failed),
        ("jsonrpc-empty-body", OdooFailure.Failed),
        ("jsonrpc-malformed", OdooFailure.Failed),
        ("jsonrpc-form", OdooFailure.Failed),
        ("jsonrpc-get", OdooFailure.Failed),
        ("jsonrpc-wrong-content-type", OdooFailure.Failed),
        ("jsonrpc-partner-bad-operator", OdooFailure.Failed),
        ("jsonrpc-partner-bad-order", OdooFailure.Failed),
        ("jsonrpc-partner-create-no-name", OdooFailure.Failed),
        ("jsonrpc-partner-parent-loop", OdooFailure.Failed),
        ("jsonrpc-partner-unlink-used", OdooFailure.Failed),
        ("jsonrpc-partner-write-foreign-key", OdooFailure.Failed),
        ("jsonrpc-unknown-method", OdooFailure.Failed),
        ("jsonrpc-unknown-common-method", OdooFailure.Failed),
        ("jsonrpc-unknown-service", OdooFailure.Failed),
        ("jsonrpc-partner-create-unknown-field", OdooFailure.NoSuchField),
        ("jsonrpc-partner-unknown-field", OdooFailure.NoSuchField),
        ("jsonrpc-partner-unknown-field-in-domain", OdooFailure.NoSuchField),
        ("jsonrpc-subscription-missing", OdooFailure.NoSuchModel),
        ("jsonrpc-unknown-model", OdooFailure.NoSuchModel),
        ("jsonrpc-unknown-model-helpdesk", OdooFailure.NoSuchModel),
        ("json-version", OdooFailure.Refused),
    ];

    private static readonly (string Folder, string Name, OdooFailure Kind)[] Others =
    [
        ("odoo-17", "json2-search_read-page1", OdooFailure.Refused),
        ("odoo-19", "jsonrpc-partner-search_read-all-fields", OdooFailure.Denied),
        ("odoo-19", "json2-access-error", OdooFailure.Denied),
        ("odoo-19", "json2-array-body", OdooFailure.Denied),
        ("odoo-19", "json2-private-method", OdooFailure.Denied),
        ("odoo-19", "json2-search_read-all-fields", OdooFailure.Denied),
        ("odoo-19", "json2-unknown-argument", OdooFailure.Denied),
        ("odoo-19", "json2-basic-auth", OdooFailure.Refused),
        ("odoo-19", "json2-no-key", OdooFailure.Refused),
        ("odoo-19", "json2-wrong-key", OdooFailure.Refused),
        ("odoo-19", "json2-no-db-header", OdooFailure.Refused),
        ("odoo-19", "json2-unknown-db", OdooFailure.Refused),
        ("odoo-19", "json2-empty-body", OdooFailure.Failed),
        ("odoo-19", "json2-get", OdooFailure.Failed),
        ("odoo-19", "json2-get-root", OdooFailure.Failed),
        ("odoo-19", "json2-ids-on-api-model", OdooFailure.Failed),
        ("odoo-19", "json2-malformed", OdooFailure.Failed),
        ("odoo-19", "json2-missing-argument", OdooFailure.Failed),
        ("odoo-19", "json2-unknown-method", OdooFailure.Failed),
        ("odoo-19", "json2-unlink-used", OdooFailure.Failed),
        ("odoo-19", "json2-wrong-content-type", OdooFailure.Failed),
        ("odoo-19", "json2-unknown-field", OdooFailure.NoSuchField),
        ("odoo-19", "json2-unknown-field-in-domain", OdooFailure.NoSuchField),
        ("odoo-19", "json2-unknown-model", OdooFailure.NoSuchModel),
        ("odoo-19-workers", "json2-get", OdooFailure.Failed),
        ("odoo-19-workers", "json2-malformed", OdooFailure.Failed),
        ("odoo-19-workers", "json2-no-key", OdooFailure.Refused),
        ("odoo-19-workers", "json2-unknown-db", OdooFailure.Refused),
        ("odoo-19-workers", "json2-wrong-key", OdooFailure.Refused),
        ("odoo-19-workers", "json2-unknown-field", OdooFailure.NoSuchField),
        ("odoo-19-workers", "jsonrpc-access-error-move", OdooFailure.Denied),
        ("odoo-19-workers", "jsonrpc-authenticate-unknown-db", OdooFailure.Refused),
        ("odoo-19-workers", "jsonrpc-authenticate-wrong-password", OdooFailure.Refused),
        ("odoo-19-workers", "jsonrpc-unknown-db", OdooFailure.Refused),
        ("odoo-19-workers", "jsonrpc-wrong-password", OdooFailure.Refused),
        ("odoo-19-workers", "jsonrpc-get", OdooFailure.Failed),
        ("odoo-19-workers", "jsonrpc-malformed", OdooFailure.Failed),
        ("odoo-19-workers", "jsonrpc-partner-unknown-field", OdooFailure.NoSuchField),
        // Without an id, and with another code.
        ("odoo-19-workers", "session-call_kw-no-cookie", OdooFailure.Refused),
    ];

    public static TheoryData<string, string, OdooFailure> Recorded
    {
        get
        {
            var data = new TheoryData<string, string, OdooFailure>();
            foreach (var (name, kind) in JsonRpcRecordings)
            {
                data.Add("odoo-17", name, kind);
                // 19 has a page that 17 does not have.
                if (name != "json-version")
                {
                    data.Add("odoo-19", name, kind);
                }
            }

            foreach (var (folder, name, kind) in Others)
            {
                data.Add(folder, name, kind);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public async Task Recorded_error_is_classified_with_a_safe_message(string folder, string name, OdooFailure kind)
    {
        var failure = await Assert.ThrowsAsync<OdooException>(() => Recording.Read(folder, name).RepeatAsync(folder, exact: false));
        Assert.True(kind == failure.Kind, $"{failure.Kind}: {failure.Message}");
        Assert.Matches(@"^[A-Z][^<>\n\r]{20,240}[.?]$", failure.Message);
        foreach (var inside in new[] { "Traceback", "File ", "/opt/", "secret", "bbbb", "127.0.0.1", "psycopg", "erp1", "5432" })
        {
            Assert.DoesNotContain(inside, failure.ToString().Split("\n   at ")[0], StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Every_recorded_error_is_tested()
    {
        var named = Recorded.Select(row => $"{row.Data.Item1}/{row.Data.Item2}").ToHashSet(StringComparer.Ordinal);
        foreach (var folder in new[] { "odoo-17", "odoo-19", "odoo-19-workers" })
        {
            var errors = Recording.All(folder).Where(recording => recording.ResponseBody?.GetValueKind() is null || !recording.ToResponse().IsSuccessStatusCode || HasError(recording));
            Assert.Empty(errors.Select(recording => $"{folder}/{recording.Name}").Except(named, StringComparer.Ordinal));
        }
    }

    private static bool HasError(Recording recording) => recording.ResponseBody is System.Text.Json.Nodes.JsonObject answer && answer.ContainsKey("error");
}
