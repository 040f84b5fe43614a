"""What every source of survey answers shares; no source itself.

config      what the operator writes about a survey and its questions
answers     responses as they are kept in memory: numbers, chosen options and themes, never a text
reading     from what a tool says to answers
memory      responses from one refresh to the next
statistics  NPS with its interval, means, shares: pure
groups      which groups of respondents may be told apart
samples     from responses to samples, for the quarter and the last 90 days
figures     the samples of one question
segments    the samples of segments
rates       the samples about invitations
metrics     what is declared
source      a source of surveys: one part a survey
"""
