using System.CommandLine;
using System.Text.Json.Nodes;
using Patron.Customers.Customers;
using Patron.Customers.Jobs;
using Patron.Shared;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.CommandLine.Jobs;

/// <summary><c>patron jobs create</c>: previews a job, and with <c>--yes</c> applies it at once.</summary>
internal sealed class JobCreateCommand
{
    private readonly Option<string[]> filter = new("--filter")
    {
        Description = "Customers for whom this holds, as in a search: city=Boston, is_active=true, \"filter=tag:a -has:account\", segment=ID. Can be repeated.",
        HelpName = "NAME=VALUE",
    };
    private readonly Option<string[]> ids = new("--id")
    {
        Description = "This customer, by customer_id, account number or uid. Can be repeated.",
        HelpName = "ID",
    };
    private readonly Option<bool> everybody = new("--all") { Description = "All customers of the home organization." };
    private readonly Option<string[]> values = new("--set")
    {
        Description = "The value of a field for update, or tags=a,b for tags, or email=true or phone=true for verify. Can be repeated.",
        HelpName = "NAME=VALUE",
    };

    public static Command Build()
    {
        var options = new JobCreateCommand();
        var kind = new Argument<string>("kind") { Description = string.Join(", ", EnumNames<JobKind>.All) };
        kind.AcceptOnlyFromAmong([.. EnumNames<JobKind>.All]);
        var command = new Command("create", "Preview a change of many customers. Nothing is changed until you confirm it.")
        {
            kind, options.filter, options.ids, options.everybody, options.values, Confirmation.Yes, JsonOutput.Option,
        };
        command.RunsOn(
            new CommonOptions(command), [ProcessRole.All, ProcessRole.Customers],
            (line, context, cancellationToken) => options.RunAsync(
                line, EnumNames<JobKind>.Parse(line.GetRequiredValue(kind)), context, cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(ParseResult line, JobKind kind, CommandContext context, CancellationToken cancellationToken)
    {
        var json = line.GetValue(JsonOutput.Option);
        if (!Read(line, kind).Succeeded(out var wanted, out var unreadable))
        {
            return JsonOutput.Fail(json, unreadable.Sentence);
        }

        var created = await context.Get<CreateJob>().HandleAsync(context.Caller, wanted, cancellationToken);
        if (!created.Succeeded(out var job, out _))
        {
            return JobWork.Print(created, json);
        }

        var previewed = await JobWork.WaitAsync(context, job, cancellationToken);
        if (!line.GetValue(Confirmation.Yes) || previewed is not { State: JobState.Ready, Rows.WouldChange: > 0 })
        {
            return JobWork.Print(previewed, json);
        }

        var confirmed = await context.Get<ConfirmJob>().HandleAsync(context.Caller, job.Id, previewed.Rows.WouldChange, cancellationToken);
        return JobWork.Print(
            confirmed.Succeeded(out var applying, out _)
                ? await JobWork.WaitAsync(context, applying with { NotFound = job.NotFound }, cancellationToken)
                : confirmed,
            json);
    }

    private Result<NewJob> Read(ParseResult line, JobKind kind)
    {
        var errors = new FieldErrors();
        var criteria = JobFilter.Parse(Pairs(line.GetValue(filter) ?? [], "--filter", errors), errors);
        var pairs = Pairs(line.GetValue(values) ?? [], "--set", errors);
        var named = line.GetValue(ids) is { Length: > 0 } given ? given : null;
        var hasFilter = line.GetValue(everybody) || line.GetValue(filter) is { Length: > 0 };
        return errors.Any ? errors.ToError() : new NewJob(kind, hasFilter ? criteria : null, named, ToJson(kind, pairs));
    }

    private static Dictionary<string, string> Pairs(string[] texts, string option, FieldErrors errors)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                errors.Add(option, $"{text} must be NAME=VALUE.");
                continue;
            }

            pairs[text[..equals]] = text[(equals + 1)..];
        }

        return pairs;
    }

    // An update reads values as files write them; an unknown field is reported by the kind.
    private static string ToJson(JobKind kind, Dictionary<string, string> pairs)
    {
        if (kind == JobKind.Update)
        {
            var changes = new CustomerChanges();
            var unknown = new JsonObject();
            foreach (var (name, text) in pairs)
            {
                if (CustomerSchema.Fields.Find(name) is { } field && field.TryParse(text) is { Value: { } value })
                {
                    changes.Add(field, (value, null));
                }
                else
                {
                    unknown[name] = text;
                }
            }

            return unknown.Count == 0 ? changes.ToJson() : Merge(changes.ToJson(), unknown);
        }

        var named = new JsonObject();
        foreach (var (name, text) in pairs)
        {
            named[name] = bool.TryParse(text, out var flag) ? flag : text;
        }

        return named.ToJsonString();
    }

    private static string Merge(string json, JsonObject further)
    {
        var all = JsonNode.Parse(json)!.AsObject();
        foreach (var (name, value) in further)
        {
            all[name] = value?.DeepClone();
        }

        return all.ToJsonString();
    }
}
