package web

import "net/http"

func (s *Server) portfolio(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) readiness(http.ResponseWriter, *http.Request) error { return errNoPage }
