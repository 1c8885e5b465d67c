using Patron.CommandLine;

return await PatronCommand.RunAsync(args);
