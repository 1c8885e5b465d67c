using System.Globalization;
using Patron.Shared.Text;

namespace Patron.Customers.Search.Filters;

/// <summary>The terms of the filter language: those of customers, and those that other modules add.</summary>
public sealed class FilterTerms
{
    private readonly Dictionary<string, FilterTerm> byName = new(StringComparer.Ordinal);

    public FilterTerms(IEnumerable<FilterTerm> added)
    {
        All = [.. CustomerTerms.All.Concat(added).GroupBy(term => term.Name, StringComparer.Ordinal).Select(Combine)];
        foreach (var term in All)
        {
            foreach (var name in term.Names)
            {
                byName.TryAdd(name, term);
            }
        }
    }

    /// <summary>All terms, in the order of the help.</summary>
    public IReadOnlyList<FilterTerm> All { get; }

    /// <summary>Without the terms of other modules.</summary>
    internal static FilterTerms Own { get; } = new([]);

    /// <summary>The term with this name, ignoring case; null for an unknown one.</summary>
    public FilterTerm? Find(string name) => byName.GetValueOrDefault(name.ToLowerInvariant());

    /// <summary>
    /// Parses a text of at most 1000 characters and 30 parts. Neighbouring words are one part. Parts with errors are left out.
    /// </summary>
    public CustomerFilter Parse(string text)
    {
        if (TextRules.IsLonger(text, CustomerFilter.MaxLength))
        {
            return Wrong(text, $"Use at most {CustomerFilter.MaxLength} characters.");
        }

        if (TextRules.Problem(text) is { } problem)
        {
            return Wrong(text, problem);
        }

        var filter = ParseStored(text);
        return filter.Parts.Count <= CustomerFilter.MaxParts
            ? filter
            : filter with
            {
                Errors =
                [
                    .. filter.Errors,
                    new FilterError(
                        filter.Parts[CustomerFilter.MaxParts].Start, filter.Parts[CustomerFilter.MaxParts].Length,
                        $"Use at most {CustomerFilter.MaxParts} terms."),
                ],
            };
    }

    /// <summary>Parses a text that was checked before. Two such texts may have been joined, so that it can be longer.</summary>
    internal CustomerFilter ParseStored(string text)
    {
        var (parts, errors) = (new List<FilterPart>(), new List<FilterError>());
        foreach (var token in FilterScanner.Scan(text))
        {
            if (token.Name is not null)
            {
                AddTerm(text, token, parts, errors);
            }
            else if (SearchText.NullIfEmpty(token.Items[0].Text) is not null)
            {
                AddWords(text, token, token.Items[0].Text, parts);
            }
        }

        return new CustomerFilter(parts, errors);
    }

    private static FilterTerm Combine(IEnumerable<FilterTerm> terms)
    {
        FilterTerm[] all = [.. terms];
        return all.Length == 1 ? all[0] : all[0] with { Choices = [.. all.SelectMany(term => term.Choices)] };
    }

    private static CustomerFilter Wrong(string text, string message) => new([], [new FilterError(0, text.Length, message)]);

    // Neighbouring words are searched together, because a phone number may be written in several.
    private static void AddWords(string text, FilterToken token, string words, List<FilterPart> parts)
    {
        if (!token.IsNegated && !token.IsPhrase && parts is [.., { Term: null, IsNegated: false, IsPhrase: false } previous])
        {
            var length = token.End - previous.Start;
            parts[^1] = previous with
            {
                Values = [$"{previous.Values[0]} {words}"], Length = length, Source = text.Substring(previous.Start, length),
            };
            return;
        }

        parts.Add(Part(text, token, term: null, [words]) with { IsPhrase = token.IsPhrase });
    }

    private void AddTerm(string text, FilterToken token, List<FilterPart> parts, List<FilterError> errors)
    {
        if (Find(token.Name!) is not { } term)
        {
            errors.Add(Unknown(token));
            return;
        }

        if (token.Items.Count == 0)
        {
            var example = term.Choices.Count > 0 ? term.Choices[0].Name : term.Example;
            errors.Add(new FilterError(
                token.Start, token.End - token.Start, $"Write a value after {term.Name}:, such as {term.Name}:{example}."));
            return;
        }

        var values = new List<string>();
        foreach (var item in token.Items)
        {
            var value = term.Choices.Count == 0 ? item.Text : item.Text.ToLowerInvariant();
            if (ErrorOf(term, value, item) is { } error)
            {
                errors.Add(error);
            }
            else if (!values.Contains(value, StringComparer.Ordinal))
            {
                values.Add(value);
            }
        }

        // A part without one of its values would find others than were meant.
        if (values.Count > 0 && (errors.Count == 0 || errors[^1].Position < token.Start))
        {
            parts.Add(Part(text, token, term, values));
        }
    }

    private static FilterPart Part(string text, FilterToken token, FilterTerm? term, IReadOnlyList<string> values) =>
        new(term, token.IsNegated, values, token.Start, token.End - token.Start) { Source = text[token.Start..token.End] };

    private FilterError Unknown(FilterToken token)
    {
        var name = token.Name!;
        var similar = SimilarNames.Find(name, byName.Keys);
        return new FilterError(
            token.NameStart, name.Length,
            similar is null
                ? $"There's no term {name}:. To search for this text, write it in quotation marks."
                : $"There's no term {name}:. Did you mean {similar}:? To search for this text, write it in quotation marks.",
            similar);
    }

    private static FilterError? ErrorOf(FilterTerm term, string value, FilterItem item)
    {
        if (term.Choices.Count == 0)
        {
            return term.Check?.Invoke(value) is { } problem
                ? new FilterError(item.Start, item.End - item.Start, string.Create(CultureInfo.InvariantCulture, $"{term.Name}: {problem}"))
                : null;
        }

        var names = term.Choices.Select(choice => choice.Name).ToList();
        if (names.Contains(value, StringComparer.Ordinal))
        {
            return null;
        }

        var written = $"{term.Name}:{FilterText.Quote(value)}";
        var similar = SimilarNames.Find(value, names) is { } meant ? $"{term.Name}:{meant}" : null;
        return new FilterError(
            item.Start, item.End - item.Start,
            similar is null
                ? $"There's no {written}. Use one of {string.Join(", ", names.Select(name => $"{term.Name}:{name}"))}."
                : $"There's no {written}. Did you mean {similar}?",
            similar);
    }
}
