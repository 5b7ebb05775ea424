package web

import "net/http"

func (s *Server) gate(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) request(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) withdraw(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) sign(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) answerFinding(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) setStatus(http.ResponseWriter, *http.Request) error { return errNoPage }
